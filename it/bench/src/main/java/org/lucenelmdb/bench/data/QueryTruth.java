/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.NeighborQueue;

/** Collects the nearest neighbors of one query, unfiltered and for filters; thread-safe. */
final class QueryTruth {

  /** The nearest neighbors that pass one filter. */
  private record Filtered(FixedBitSet accepted, NeighborQueue queue, int capacity) {}

  private final int k;
  private final NeighborQueue nearest;
  private final List<Filtered> filters = new ArrayList<>();
  private float lowest = Float.POSITIVE_INFINITY;
  private float highest = Float.NEGATIVE_INFINITY;

  /** Keeps k + 1 neighbors, to see whether the last one is tied. */
  QueryTruth(int k) {
    this.k = k;
    this.nearest = new NeighborQueue(k + 1, false);
  }

  /** Adds a filter; its neighbors are read from the queue later. */
  void addFilter(FixedBitSet accepted, NeighborQueue queue, int capacity) {
    filters.add(new Filtered(accepted, queue, capacity));
  }

  /**
   * Adds the scores of consecutive vectors.
   *
   * @param first the ordinal of the first one
   */
  synchronized void add(int first, float[] scores, int count) {
    for (int i = 0; i < count; i++) {
      lowest = Math.min(lowest, scores[i]);
      highest = Math.max(highest, scores[i]);
    }
    for (int i = 0; i < count; i++) {
      if (mayEnter(nearest, k + 1, scores[i])) {
        nearest.insertWithOverflow(first + i, scores[i]);
      }
    }
    for (Filtered filter : filters) {
      for (int i = 0; i < count; i++) {
        if (mayEnter(filter.queue, filter.capacity, scores[i]) && filter.accepted.get(first + i)) {
          filter.queue.insertWithOverflow(first + i, scores[i]);
        }
      }
    }
  }

  /**
   * Avoids most calls of the queue; for equal scores, the queue prefers the lower ordinal itself.
   */
  private static boolean mayEnter(NeighborQueue queue, int capacity, float score) {
    return queue.size() < capacity || score >= queue.topScore();
  }

  /**
   * Removes the neighbor after the k-th one, and returns whether it is as near as the k-th. Must be
   * called first, and once.
   */
  boolean dropTied() {
    if (nearest.size() <= k) {
      return false;
    }
    float dropped = nearest.topScore();
    nearest.pop();
    return nearest.topScore() == dropped;
  }

  boolean isFlat() {
    return lowest == highest;
  }

  int[] nearest() {
    return drain(nearest);
  }

  /** Empties a queue and returns its ordinals, best first. */
  static int[] drain(NeighborQueue queue) {
    int[] ordinals = new int[queue.size()];
    for (int i = ordinals.length - 1; i >= 0; i--) {
      ordinals[i] = queue.pop();
    }
    return ordinals;
  }
}

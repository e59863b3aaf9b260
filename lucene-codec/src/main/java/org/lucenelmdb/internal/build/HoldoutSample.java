/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Random;
import java.util.Set;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.workers.Workers;

/** Samples the nodes that are held out of a graph. */
final class HoldoutSample {

  /**
   * Limits the heap that recorded neighbor lists use to 16 MiB. A held-out node changes about as
   * many lists as it has neighbors, and a copy of each list is kept.
   */
  private static final int MAX_LINKS = 1 << 22;

  /** The minimum number of nodes that the limit allows, whatever the degree. */
  private static final int MIN_NODES = 8;

  private HoldoutSample() {}

  /**
   * Samples nodes at random, except those whose vector has duplicates.
   *
   * @param count the number of nodes; fewer are sampled if some have duplicates, or the degree is
   *     large
   * @param size the number of nodes of the graph; at most half of them are sampled
   * @param maxDegree the largest degree on level 0
   */
  static Holdout draw(
      int count, int size, int maxDegree, DuplicateVectors duplicates, long seed, Workers workers)
      throws IOException {
    int limit = Math.max(MIN_NODES, MAX_LINKS / (maxDegree * maxDegree));
    int wanted = Math.min(Math.min(count, limit), size / 2);
    Set<Integer> drawn = new LinkedHashSet<>();
    Random random = new Random(seed);
    for (int i = 0; i < 2 * wanted && drawn.size() < wanted; i++) {
      drawn.add(random.nextInt(size));
    }
    return withoutDuplicates(
        drawn.stream().mapToInt(Integer::intValue).toArray(), size, duplicates, workers);
  }

  /** Holds out the given nodes, except those whose vector has duplicates. */
  static Holdout withoutDuplicates(
      int[] nodes, int size, DuplicateVectors duplicates, Workers workers) throws IOException {
    Set<Integer> kept = new LinkedHashSet<>();
    for (int node : nodes) {
      kept.add(node);
    }
    for (int node = 0; duplicates.count() > 0 && node < size; node++) {
      workers.checkPeriodically(node);
      if (duplicates.isDuplicate(node)) {
        kept.remove(node);
        kept.remove(duplicates.original(node));
      }
    }
    return new Holdout(kept.stream().mapToInt(Integer::intValue).toArray());
  }
}

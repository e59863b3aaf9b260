/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.util.Arrays;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.NumericUtils;
import org.apache.lucene.util.RamUsageEstimator;

/**
 * What a walk has found: the best nodes so far, of which it keeps a fixed number, and those that
 * are open, as their neighbors have not been seen. Two binary heaps of longs, each a score before a
 * node, so that one comparison orders by both; no object is created for a node, and what is behind
 * a heap's end lets its loops do without a check.
 */
public final class Beam {

  /** No entry. */
  public static final long NONE = Long.MIN_VALUE;

  private long[] best = new long[0]; // the worst first; behind the end Long.MAX_VALUE
  private int bestSize;
  private int capacity;

  /** A heap of open nodes that grew larger in one search is not kept for the next. */
  private static final int MAX_OPEN = 1 << 15;

  private long[] open = new long[64]; // the best first
  private int openSize;

  /** Forgets everything, and keeps so many from now on, at least 1. */
  public void reset(int capacity) {
    this.capacity = capacity;
    int length = Math.addExact(capacity, 2);
    if (best.length < length || best.length / 4 > length) {
      best = new long[ArrayUtil.oversize(length, Long.BYTES)];
    }
    Arrays.fill(best, 0, length, Long.MAX_VALUE);
    bestSize = 0;
    openSize = 0;
    if (open.length > MAX_OPEN) {
      open = new long[64];
    }
  }

  /** Keeps more from now on; what was kept stays. */
  public void enlarge(int capacity) {
    if (capacity > this.capacity) {
      int length = Math.addExact(capacity, 2);
      best = ArrayUtil.grow(best, length);
      Arrays.fill(best, bestSize, length, Long.MAX_VALUE);
      this.capacity = capacity;
    }
  }

  /**
   * An entry; the better one is larger, of equals that of the smaller node. What has no score, as
   * codes of absurdly large vectors may have none, is worst.
   */
  public static long entry(int node, float score) {
    float comparable = Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score;
    return (long) NumericUtils.floatToSortableInt(comparable) << Integer.SIZE
        | (0xFFFFFFFFL & ~node);
  }

  /** What no entry with a score from some on is below. */
  public static long least(double score) {
    float least = (float) score;
    if (least < score) {
      least = Math.nextUp(least);
    }
    return (long) NumericUtils.floatToSortableInt(least) << Integer.SIZE;
  }

  /** The node of an entry. */
  public static int node(long entry) {
    return ~(int) entry;
  }

  /** The score of an entry. */
  public static float score(long entry) {
    return NumericUtils.sortableIntToFloat((int) (entry >> Integer.SIZE));
  }

  /** Only larger entries are of use. */
  public long minCompetitive() {
    return bestSize < capacity ? Long.MIN_VALUE : best[0];
  }

  /** How many are kept at most. */
  public int capacity() {
    return capacity;
  }

  /** How many are kept. */
  public int collectedCount() {
    return bestSize;
  }

  /** One of the best entries, in no order. */
  public long collected(int i) {
    return best[i];
  }

  /** Whether any entry is open. */
  public boolean hasFrontier() {
    return openSize > 0;
  }

  /** The best of the open entries. */
  public long peek() {
    return open[0];
  }

  /** Opens a node. */
  public void push(long entry) {
    if (openSize + 1 >= open.length) {
      open = ArrayUtil.grow(open);
    }
    int i = openSize++;
    while (i > 0 && open[i - 1 >>> 1] < entry) {
      open[i] = open[i - 1 >>> 1];
      i = i - 1 >>> 1;
    }
    open[i] = entry;
  }

  /** Removes the best of the open entries. */
  public long pop() {
    long[] heap = open;
    long top = heap[0];
    int size = --openSize;
    long last = heap[size];
    heap[size] = Long.MIN_VALUE; // so that every child has a sibling
    int i = 0;
    for (int child = 1; child < size; child = 2 * i + 1) {
      child += heap[child + 1] > heap[child] ? 1 : 0;
      if (last >= heap[child]) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
    return top;
  }

  /**
   * Keeps an entry that is larger than {@link #minCompetitive}, in place of the worst if need be.
   *
   * @return the entry that is not kept any more, or {@link #NONE}
   */
  public long collect(long entry) {
    long[] heap = best;
    long evicted = NONE;
    int i;
    if (bestSize < capacity) {
      i = bestSize++;
      while (i > 0 && heap[i - 1 >>> 1] > entry) {
        heap[i] = heap[i - 1 >>> 1];
        i = i - 1 >>> 1;
      }
    } else {
      evicted = heap[0];
      i = 0;
      for (int child = 1; child < bestSize; child = 2 * i + 1) {
        child += heap[child + 1] < heap[child] ? 1 : 0;
        if (entry <= heap[child]) {
          break;
        }
        heap[i] = heap[child];
        i = child;
      }
    }
    heap[i] = entry;
    return evicted;
  }

  /** The heap that it takes. */
  public long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(best) + RamUsageEstimator.sizeOf(open);
  }
}

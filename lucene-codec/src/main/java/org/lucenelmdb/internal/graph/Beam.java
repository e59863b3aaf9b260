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
 * The state of a beam search: the <i>frontier</i>, whose nodes have not been expanded yet, and the
 * {@code ef} best nodes collected so far. The two are separate because a filtered search expands
 * nodes that it must not collect.
 *
 * <p>Both are binary heaps of longs. An entry is a score followed by a node, so that one comparison
 * orders by both and nodes need no objects. Sentinels after the end of each heap save bounds checks
 * in its loops.
 */
public final class Beam {

  /** Returned by {@link #collect} if no entry was evicted. */
  public static final long NONE = Long.MIN_VALUE;

  private static final int INITIAL_FRONTIER = 64;

  /** The maximum size of a frontier that is kept for the next search. */
  private static final int MAX_RETAINED_FRONTIER = 1 << 15;

  private long[] best = new long[0]; // a min-heap, followed by Long.MAX_VALUE
  private int bestSize;
  private int ef;

  private long[] frontier = new long[INITIAL_FRONTIER]; // a max-heap
  private int frontierSize;

  /**
   * Clears the beam for another search.
   *
   * @param ef the number of entries to collect, at least 1
   */
  public void reset(int ef) {
    this.ef = ef;
    int length = Math.addExact(ef, 2);
    if (best.length < length || best.length / 4 > length) {
      best = new long[ArrayUtil.oversize(length, Long.BYTES)];
    }
    Arrays.fill(best, 0, length, Long.MAX_VALUE);
    bestSize = 0;
    frontierSize = 0;
    if (frontier.length > MAX_RETAINED_FRONTIER) {
      frontier = new long[INITIAL_FRONTIER];
    }
  }

  /** Raises the number of entries to collect to a new minimum, and keeps all entries. */
  public void enlarge(int newEf) {
    if (newEf > ef) {
      int length = Math.addExact(newEf, 2);
      best = ArrayUtil.grow(best, length);
      Arrays.fill(best, bestSize, length, Long.MAX_VALUE);
      ef = newEf;
    }
  }

  /**
   * Returns the entry of a node. Better entries are larger. If scores are equal, the smaller node
   * is better. NaN, which codes of extremely large vectors may yield, is the worst score.
   */
  public static long entry(int node, float score) {
    float comparable = Float.isNaN(score) ? Float.NEGATIVE_INFINITY : score;
    return (long) NumericUtils.floatToSortableInt(comparable) << Integer.SIZE
        | (0xFFFFFFFFL & ~node);
  }

  /** Returns a lower bound of all entries whose score is at least the given one. */
  public static long least(double score) {
    float least = (float) score;
    if (least < score) {
      least = Math.nextUp(least);
    }
    return (long) NumericUtils.floatToSortableInt(least) << Integer.SIZE;
  }

  /** Returns the node of an entry. */
  public static int node(long entry) {
    return ~(int) entry;
  }

  /** Returns the score of an entry. */
  public static float score(long entry) {
    return NumericUtils.sortableIntToFloat((int) (entry >> Integer.SIZE));
  }

  /**
   * Returns the worst collected entry; {@link Long#MIN_VALUE} while fewer than ef are collected.
   */
  public long minCompetitive() {
    return bestSize < ef ? Long.MIN_VALUE : best[0];
  }

  /** Returns the number of entries to collect. */
  public int ef() {
    return ef;
  }

  /** Returns the number of entries that are collected. */
  public int collectedCount() {
    return bestSize;
  }

  /** Returns a collected entry, in no particular order. */
  public long collected(int i) {
    return best[i];
  }

  /** Returns whether the frontier has entries. */
  public boolean hasFrontier() {
    return frontierSize > 0;
  }

  /** Returns the best entry of the frontier, which must not be empty. */
  public long peek() {
    return frontier[0];
  }

  /** Adds an entry to the frontier. */
  public void push(long entry) {
    if (frontierSize + 1 >= frontier.length) {
      frontier = ArrayUtil.grow(frontier);
    }
    int i = frontierSize++;
    while (i > 0 && frontier[i - 1 >>> 1] < entry) {
      frontier[i] = frontier[i - 1 >>> 1];
      i = i - 1 >>> 1;
    }
    frontier[i] = entry;
  }

  /** Removes and returns the best entry of the frontier, which must not be empty. */
  public long pop() {
    long[] heap = frontier;
    long top = heap[0];
    int size = --frontierSize;
    long last = heap[size];
    heap[size] = Long.MIN_VALUE; // a sibling for every child
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
   * Collects an entry that is larger than {@link #minCompetitive}. Evicts the worst one if the beam
   * is full.
   *
   * @return the evicted entry, or {@link #NONE}
   */
  public long collect(long entry) {
    long[] heap = best;
    long evicted = NONE;
    int i;
    if (bestSize < ef) {
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

  /** Returns the heap that the beam uses, in bytes. */
  public long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(best) + RamUsageEstimator.sizeOf(frontier);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

/** A set of small integers outside the heap, one bit each. Initially empty; not thread-safe. */
public final class OffHeapBits {

  private final OffHeapBytes bytes;

  OffHeapBits(OffHeapBytes bytes) {
    this.bytes = bytes;
  }

  private static long address(int index) {
    return (long) (index >>> 6) * Long.BYTES;
  }

  /** Returns whether the set contains an index. */
  public boolean get(int index) {
    return (bytes.getLong(address(index)) & 1L << index) != 0;
  }

  /** Adds an index and returns whether the set already contained it. */
  public boolean getAndSet(int index) {
    long word = bytes.getLong(address(index));
    bytes.putLong(address(index), word | 1L << index);
    return (word & 1L << index) != 0;
  }

  /** Removes an index. */
  public void clear(int index) {
    bytes.putLong(address(index), bytes.getLong(address(index)) & ~(1L << index));
  }

  /**
   * Removes all 64 indexes that share a word with the given index. If the members of a set are
   * known, calling this method for each of them is the fastest way to clear the set.
   */
  public void clearAround(int index) {
    bytes.putLong(address(index), 0);
  }

  /**
   * Adds indexes and moves those that the set did not contain to the front, in their order.
   *
   * @return the number of added indexes
   */
  public int retainNew(int[] indexes, int count) {
    int retained = 0;
    for (int i = 0; i < count; i++) {
      int index = indexes[i];
      indexes[retained] = index;
      retained += getAndSet(index) ? 0 : 1; // branchless: a branch would be mispredicted
    }
    return retained;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

/** A set of small integers outside the heap, a bit for each; empty at first. For one thread. */
public final class OffHeapBits {

  private final OffHeapBytes bytes;

  OffHeapBits(OffHeapBytes bytes) {
    this.bytes = bytes;
  }

  private static long address(int index) {
    return (long) (index >>> 6) * Long.BYTES;
  }

  /** Whether an index is in the set. */
  public boolean get(int index) {
    return (bytes.getLong(address(index)) & 1L << index) != 0;
  }

  /** Adds an index, and returns whether it was there already. */
  public boolean getAndSet(int index) {
    long word = bytes.getLong(address(index));
    bytes.putLong(address(index), word | 1L << index);
    return (word & 1L << index) != 0;
  }

  /** Removes an index. */
  public void clear(int index) {
    bytes.putLong(address(index), bytes.getLong(address(index)) & ~(1L << index));
  }

  /** Removes an index, and maybe others near it: to empty a set of which all members are known. */
  public void clearAround(int index) {
    bytes.putLong(address(index), 0);
  }

  /**
   * Moves the indexes that were not in the set to the front, and adds them.
   *
   * @return how many there are
   */
  public int retainNew(int[] indexes, int count) {
    int retained = 0;
    for (int i = 0; i < count; i++) {
      int index = indexes[i];
      indexes[retained] = index;
      retained += getAndSet(index) ? 0 : 1; // no branch, as none would be predicted
    }
    return retained;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

/** An array of ints outside the heap, initially 0. */
public final class OffHeapInts {

  private final OffHeapBytes bytes;
  private final int size;

  OffHeapInts(OffHeapBytes bytes, int size) {
    this.bytes = bytes;
    this.size = size;
  }

  /** The length of the array. */
  public int size() {
    return size;
  }

  /** Returns the element at an index. */
  public int get(int index) {
    return bytes.getInt((long) index * Integer.BYTES);
  }

  /** Sets the element at an index. */
  public void set(int index, int value) {
    bytes.putInt((long) index * Integer.BYTES, value);
  }
}

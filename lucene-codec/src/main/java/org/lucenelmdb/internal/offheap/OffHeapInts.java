/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

/** An array of integers outside the heap; all are 0 at first. */
public final class OffHeapInts {

  private final OffHeapBytes bytes;
  private final int size;

  OffHeapInts(OffHeapBytes bytes, int size) {
    this.bytes = bytes;
    this.size = size;
  }

  /** The number of integers. */
  public int size() {
    return size;
  }

  /** The integer of an index. */
  public int get(int index) {
    return bytes.getInt((long) index * Integer.BYTES);
  }

  /** Changes the integer of an index. */
  public void set(int index, int value) {
    bytes.putInt((long) index * Integer.BYTES, value);
  }
}

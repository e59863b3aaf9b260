/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.Closeable;
import java.io.IOException;

/**
 * The memory outside the heap of one build: so much as it was granted, allocated part by part and
 * given back as a whole. To be allocated from by one thread; what was allocated may be used by all.
 */
public final class BuildMemory implements Closeable {

  /** Allocated memory begins at multiples of a cache line. */
  static final int ALIGNMENT = 64;

  private final MemoryBudget budget;
  private final long granted;
  private final Object arena;
  private long allocated;
  private boolean closed;

  BuildMemory(MemoryBudget budget, long granted) {
    this.budget = budget;
    this.granted = granted;
    this.arena = NativeHeap.newArena();
  }

  /** What {@link #allocate} takes of the granted memory. */
  public static long cost(long bytes) {
    return (Math.max(1, bytes) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** What {@link #ints} takes of the granted memory. */
  public static long costOfInts(int size) {
    return cost((long) size * Integer.BYTES);
  }

  /** What {@link #bits} takes of the granted memory. */
  public static long costOfBits(int size) {
    return cost(bytesOfBits(size));
  }

  private static long bytesOfBits(int size) {
    return ((long) size + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
  }

  /**
   * Allocates bytes of zeros.
   *
   * @throws IOException if the system has not so much memory
   * @throws IllegalStateException if less was granted
   */
  public OffHeapBytes allocate(long bytes) throws IOException {
    long cost = cost(bytes);
    if (closed || allocated + cost > granted) {
      throw new IllegalStateException(
          "should allocate at most " + granted + " bytes; found " + allocated + " + " + cost);
    }
    allocated += cost;
    return NativeHeap.allocate(arena, Math.max(1, bytes));
  }

  /** Allocates integers. */
  public OffHeapInts ints(int size) throws IOException {
    return new OffHeapInts(allocate((long) size * Integer.BYTES), size);
  }

  /** Allocates a set of integers below a size. */
  public OffHeapBits bits(int size) throws IOException {
    return new OffHeapBits(allocate(bytesOfBits(size)));
  }

  /** Gives all memory back. Who uses it afterwards gets an exception. */
  @Override
  public void close() {
    if (closed == false) {
      closed = true;
      try {
        NativeHeap.close(arena);
      } finally {
        budget.giveBack(granted);
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.Closeable;
import java.io.IOException;

/**
 * The memory outside the heap of one build, granted by a {@link MemoryBudget}. It is allocated
 * piece by piece and released as a whole. One thread allocates; all threads may use what was
 * allocated.
 */
public final class BuildMemory implements Closeable {

  /** The alignment of allocations, in bytes: a cache line. */
  static final int ALIGNMENT = 64;

  private final MemoryBudget budget;
  private final long granted;
  private final Object arena;
  private long allocated;
  private boolean closed;

  BuildMemory(MemoryBudget budget, long granted) {
    this.budget = budget;
    this.granted = granted;
    this.arena = Foreign.newArena();
  }

  /** Returns the number of granted bytes that {@link #allocate} uses. */
  public static long cost(long bytes) {
    return (Math.max(1, bytes) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Returns the number of granted bytes that {@link #ints} uses. */
  public static long costOfInts(int size) {
    return cost((long) size * Integer.BYTES);
  }

  /** Returns the number of granted bytes that {@link #bits} uses. */
  public static long costOfBits(int size) {
    return cost(bytesOfBits(size));
  }

  private static long bytesOfBits(int size) {
    return ((long) size + Long.SIZE - 1) / Long.SIZE * Long.BYTES;
  }

  /**
   * Allocates zeroed bytes.
   *
   * @throws IOException if the system has too little memory
   * @throws IllegalStateException if this exceeds the granted memory
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

  /** Allocates an array of ints; see {@link #allocate} for errors. */
  public OffHeapInts ints(int size) throws IOException {
    return new OffHeapInts(allocate((long) size * Integer.BYTES), size);
  }

  /**
   * Allocates a set of the integers from 0 to size, exclusive; see {@link #allocate} for errors.
   */
  public OffHeapBits bits(int size) throws IOException {
    return new OffHeapBits(allocate(bytesOfBits(size)));
  }

  /** Releases all memory. Later accesses to it throw an exception. */
  @Override
  public void close() {
    if (closed == false) {
      closed = true;
      try {
        Foreign.close(arena);
      } catch (Throwable e) {
        throw OffHeapBytes.failure(e);
      } finally {
        budget.release(granted);
      }
    }
  }
}

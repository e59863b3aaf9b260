/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The memory outside the heap of one build: granted by a {@link MemoryBudget}, or that of a mapped
 * file. It is allocated piece by piece and released as a whole. One thread allocates; all threads
 * may use what was allocated.
 */
public final class BuildMemory implements Closeable {

  /** The alignment of allocations, in bytes: a cache line. */
  static final int ALIGNMENT = 64;

  private final long granted;
  private final Object arena;
  private final Object file; // the segment of a mapped file; null for allocated memory
  private final Runnable release;
  private long allocated;
  private boolean closed;

  BuildMemory(MemoryBudget budget, long granted) {
    this.granted = granted;
    this.arena = Foreign.newArena();
    this.file = null;
    this.release = () -> budget.release(granted);
  }

  private BuildMemory(FileChannel file, long granted) throws IOException {
    this.granted = granted;
    this.arena = Foreign.newArena();
    this.release = () -> {};
    try {
      this.file = Foreign.map(file, Math.max(1, granted), arena);
      PageAdvice.RANDOM.give(OffHeapBytes.ofSegment(this.file), 0, granted);
    } catch (Throwable t) {
      Foreign.close(arena);
      throw t;
    }
  }

  /**
   * Maps a file, whose pages the operating system writes and reads as it needs memory.
   *
   * @param path a file of at least {@code bytes} zeros. Its blocks must exist: a write to a part of
   *     a sparse file fails if the disk is full, and the JVM may not survive that
   * @param bytes all memory that a build will need
   */
  public static BuildMemory ofFile(Path path, long bytes) throws IOException {
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return new BuildMemory(file, bytes);
    }
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
    long at = allocated;
    allocated += cost;
    return file == null
        ? NativeHeap.allocate(arena, Math.max(1, bytes))
        : OffHeapBytes.ofSegment(Foreign.slice(file, at, Math.max(1, bytes)));
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
        release.run();
      }
    }
  }
}

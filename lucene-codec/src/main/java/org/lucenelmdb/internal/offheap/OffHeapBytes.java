/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.nio.ByteOrder;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.apache.lucene.store.RandomAccessInput;

/**
 * Bytes outside the heap: a part of a memory-mapped file, read in place, or allocated memory.
 * Numbers are little-endian and need no alignment.
 *
 * <p>This is a {@code java.lang.foreign.MemorySegment}, accessed by method handles for the reason
 * that {@link Foreign} gives. The JVM checks the bounds of every access. An access after the memory
 * was released throws {@link AlreadyClosedException}.
 *
 * <p>As thread-safe as an array: a read that races with a write of an aligned number returns the
 * old or the new value, and guarantees no order of other accesses.
 */
public final class OffHeapBytes {

  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private final Object segment;

  private OffHeapBytes(Object segment) {
    this.segment = segment;
  }

  /**
   * Returns the first bytes of a mapped input.
   *
   * @param length the number of bytes
   * @return null if the input is not mapped, or is mapped in several pieces
   */
  public static OffHeapBytes of(RandomAccessInput in, long length) throws IOException {
    if (in instanceof MemorySegmentAccessInput mapped) {
      try {
        Object segment = (Object) Foreign.SEGMENT_OF_INPUT.invokeExact(mapped, 0L, length);
        return segment == null ? null : new OffHeapBytes(segment);
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e); // the method declares no other checked exception
      }
    }
    return null;
  }

  static OffHeapBytes ofSegment(Object segment) {
    return new OffHeapBytes(Foreign.SEGMENT.cast(segment));
  }

  /** The {@code MemorySegment}, for kernels. */
  public Object segment() {
    return Foreign.NATIVE_SEGMENT.cast(segment);
  }

  /** The address of the first byte in the memory of the process. */
  long nativeAddress() {
    return Foreign.address(segment);
  }

  /** Returns the byte at an address. */
  public byte getByte(long address) {
    try {
      return (byte) Foreign.GET_BYTE.invokeExact(segment(), address);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /**
   * Prefetches cache lines by reading one byte of each. The reads do not depend on each other, so
   * their cache misses overlap.
   *
   * @param offset added to each address
   * @return the sum of the bytes; if the caller discards it, the JIT may eliminate the reads
   */
  public int prefetch(long[] addresses, int count, int offset) {
    Object bytes = segment();
    int sum = 0;
    try {
      for (int i = 0; i < count; i++) {
        sum += (byte) Foreign.GET_BYTE.invokeExact(bytes, addresses[i] + offset);
      }
    } catch (Throwable e) {
      throw failure(e);
    }
    return sum;
  }

  /** Returns the int at an address. */
  public int getInt(long address) {
    try {
      int value = (int) Foreign.GET_INT.invokeExact(segment(), address);
      return LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Returns the float at an address. */
  public float getFloat(long address) {
    return Float.intBitsToFloat(getInt(address));
  }

  /** Returns the long at an address. */
  public long getLong(long address) {
    try {
      long value = (long) Foreign.GET_LONG.invokeExact(segment(), address);
      return LITTLE_ENDIAN ? value : Long.reverseBytes(value);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Writes a byte. */
  public void putByte(long address, byte value) {
    try {
      Foreign.PUT_BYTE.invokeExact(segment(), address, value);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Writes an int. */
  public void putInt(long address, int value) {
    try {
      Foreign.PUT_INT.invokeExact(
          segment(), address, LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Writes a float. */
  public void putFloat(long address, float value) {
    putInt(address, Float.floatToRawIntBits(value));
  }

  /** Writes a long. */
  public void putLong(long address, long value) {
    try {
      Foreign.PUT_LONG.invokeExact(
          segment(), address, LITTLE_ENDIAN ? value : Long.reverseBytes(value));
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Reads bytes into an array, starting at its element {@code offset}. */
  public void read(long address, byte[] bytes, int offset, int count) {
    try {
      Foreign.READ_BYTES.invokeExact(segment(), address, bytes, offset, count);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Reads ints into an array, starting at its element {@code offset}. */
  public void read(long address, int[] ints, int offset, int count) {
    try {
      Foreign.READ_INTS.invokeExact(segment(), address, ints, offset, count);
    } catch (Throwable e) {
      throw failure(e);
    }
    for (int i = offset; LITTLE_ENDIAN == false && i < offset + count; i++) {
      ints[i] = Integer.reverseBytes(ints[i]);
    }
  }

  /** Writes bytes of an array, starting at its element {@code offset}. */
  public void write(long address, byte[] bytes, int offset, int count) {
    try {
      Foreign.WRITE_BYTES.invokeExact(bytes, offset, segment(), address, count);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /**
   * Converts an exception of an access to a segment. The JVM reports a closed segment by an {@link
   * IllegalStateException}, Lucene by an {@link AlreadyClosedException}.
   *
   * @return the exception to throw; an {@link Error} is thrown
   */
  public static RuntimeException failure(Throwable e) {
    if (e instanceof IllegalStateException && e instanceof AlreadyClosedException == false) {
      return new AlreadyClosedException("Already closed: the file of a segment", e);
    }
    if (e instanceof RuntimeException runtime) {
      return runtime;
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw new AssertionError(e); // no access declares a checked exception
  }
}

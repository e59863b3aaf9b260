/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.kernels;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.apache.lucene.store.RandomAccessInput;

/**
 * The bytes of a file that is mapped into memory, little-endian, to be read where they are: a
 * {@code java.lang.foreign.MemorySegment}. Every access is bounded by the JVM. Thread-safe.
 *
 * <p>That type is complete, but marked as a preview for {@code javac}, in Java 21. The method
 * handles let one class file, compiled for 21 on any JDK, run on 21 and newer; being constants,
 * they are compiled as calls would be.
 */
public final class MappedMemory {

  // Public is what VectorKernels needs: a test loads that by class loaders of its own, and so into
  // another package than this one.

  /** The type of a segment. */
  public static final Class<?> SEGMENT;

  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static final MethodHandle SLICE;
  private static final MethodHandle GET_BYTE;
  private static final MethodHandle GET_INT;
  private static final MethodHandle GET_LONG;

  static {
    try {
      SEGMENT = Class.forName("java.lang.foreign.MemorySegment");
      SLICE =
          MethodHandles.lookup()
              .findVirtual(
                  MemorySegmentAccessInput.class,
                  "segmentSliceOrNull",
                  MethodType.methodType(SEGMENT, long.class, long.class))
              .asType(
                  MethodType.methodType(
                      Object.class, MemorySegmentAccessInput.class, long.class, long.class));
      GET_BYTE = getter(byte.class, "OfByte", "JAVA_BYTE");
      GET_INT = getter(int.class, "OfInt", "JAVA_INT_UNALIGNED");
      GET_LONG = getter(long.class, "OfLong", "JAVA_LONG_UNALIGNED");
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static MethodHandle getter(Class<?> type, String layoutType, String layout)
      throws ReflectiveOperationException {
    Class<?> layouts = Class.forName("java.lang.foreign.ValueLayout");
    Class<?> ofType = Class.forName("java.lang.foreign.ValueLayout$" + layoutType);
    MethodHandle get =
        MethodHandles.lookup()
            .findVirtual(SEGMENT, "get", MethodType.methodType(type, ofType, long.class));
    // in the order of the machine, which getInt and getLong turn round where that is not ours
    Object value = layouts.getField(layout).get(null);
    return MethodHandles.insertArguments(get, 1, value)
        .asType(MethodType.methodType(type, Object.class, long.class));
  }

  private final Object segment;

  private MappedMemory(Object segment) {
    this.segment = segment;
  }

  /**
   * The memory of an input.
   *
   * @param length from its beginning on
   * @return null if it is not mapped, or not in one piece
   */
  public static MappedMemory of(RandomAccessInput in, long length) throws IOException {
    if (in instanceof MemorySegmentAccessInput mapped) {
      try {
        Object segment = (Object) SLICE.invokeExact(mapped, 0L, length);
        return segment == null ? null : new MappedMemory(segment);
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e); // it declares no other
      }
    }
    return null;
  }

  /** The memory as what it is, for kernels. */
  public Object segment() {
    return segment;
  }

  /** The byte at an address. */
  public byte getByte(long address) {
    try {
      return (byte) GET_BYTE.invokeExact(segment, address);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /**
   * Makes the CPU fetch bytes, which are about to be read: a loop of reads on which nothing depends
   * waits for all of them at once.
   *
   * @param offset is added to each address
   * @return something that was read, for the caller to use, lest the JVM leave it out
   */
  public int touch(long[] addresses, int count, int offset) {
    Object bytes = segment;
    int sum = 0;
    try {
      for (int i = 0; i < count; i++) {
        sum += (byte) GET_BYTE.invokeExact(bytes, addresses[i] + offset);
      }
    } catch (Throwable e) {
      throw failure(e);
    }
    return sum;
  }

  /** The integer at an address. */
  public int getInt(long address) {
    try {
      int value = (int) GET_INT.invokeExact(segment, address);
      return LITTLE_ENDIAN ? value : Integer.reverseBytes(value);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** The float at an address. */
  public float getFloat(long address) {
    return Float.intBitsToFloat(getInt(address));
  }

  /** The integer at an address. */
  public long getLong(long address) {
    try {
      long value = (long) GET_LONG.invokeExact(segment, address);
      return LITTLE_ENDIAN ? value : Long.reverseBytes(value);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** What to throw instead: the JVM tells of a file that was closed by its own exception. */
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
    throw new AssertionError(e); // no getter declares a checked one
  }
}

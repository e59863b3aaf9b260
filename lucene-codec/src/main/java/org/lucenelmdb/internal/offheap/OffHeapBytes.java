/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.MemorySegmentAccessInput;
import org.apache.lucene.store.RandomAccessInput;

/**
 * Bytes outside the heap, little-endian: of a file that is mapped into memory, to be read where
 * they are, or of memory that was allocated. It is a {@code java.lang.foreign.MemorySegment}: every
 * access is bounded by the JVM, and fails after the memory was given back.
 *
 * <p>That type is complete, but marked as a preview for {@code javac}, in Java 21. The method
 * handles let one class file, compiled for 21 on any JDK, run on 21 and newer; being constants,
 * they are compiled as calls would be.
 *
 * <p>Thread-safe as an array is: who reads what another thread writes sees the one value or the
 * other of an integer at a multiple of its size, and orders nothing by it.
 */
public final class OffHeapBytes {

  // Public is what VectorKernels needs: a test loads that by class loaders of its own, and so into
  // another package than this one.

  /** The type of a segment. */
  public static final Class<?> SEGMENT;

  /**
   * What all segments outside the heap are, the JVM's affair. Casting to it tells the JIT what it
   * would otherwise learn from all uses of segments in the JVM: without it, one that builds graphs
   * and searches others scores codes three times as slowly as one that does either.
   */
  private static final Class<?> NATIVE;

  private static final String LAYOUT = "java.lang.foreign.ValueLayout";

  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static final MethodHandle SLICE;
  private static final MethodHandle GET_BYTE;
  private static final MethodHandle GET_INT;
  private static final MethodHandle GET_LONG;
  private static final MethodHandle PUT_BYTE;
  private static final MethodHandle PUT_INT;
  private static final MethodHandle PUT_LONG;
  private static final MethodHandle COPY_BYTES;
  private static final MethodHandle COPY_INTS;
  private static final MethodHandle PUT_BYTES;

  static {
    try {
      SEGMENT = Class.forName("java.lang.foreign.MemorySegment");
      NATIVE =
          MethodHandles.lookup()
              .findStatic(SEGMENT, "ofAddress", MethodType.methodType(SEGMENT, long.class))
              .asType(MethodType.methodType(Object.class, long.class))
              .invoke(0L)
              .getClass();
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
      PUT_BYTE = setter(byte.class, "OfByte", "JAVA_BYTE");
      PUT_INT = setter(int.class, "OfInt", "JAVA_INT_UNALIGNED");
      PUT_LONG = setter(long.class, "OfLong", "JAVA_LONG_UNALIGNED");
      COPY_BYTES = copier(byte[].class, "JAVA_BYTE");
      COPY_INTS = copier(int[].class, "JAVA_INT_UNALIGNED");
      PUT_BYTES = bytesPutter();
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static MethodHandle getter(Class<?> type, String layoutType, String layout)
      throws ReflectiveOperationException {
    Class<?> ofType = Class.forName(LAYOUT + "$" + layoutType);
    MethodHandle get =
        MethodHandles.lookup()
            .findVirtual(SEGMENT, "get", MethodType.methodType(type, ofType, long.class));
    return MethodHandles.insertArguments(get, 1, layout(layout))
        .asType(MethodType.methodType(type, Object.class, long.class));
  }

  private static MethodHandle setter(Class<?> type, String layoutType, String layout)
      throws ReflectiveOperationException {
    Class<?> ofType = Class.forName(LAYOUT + "$" + layoutType);
    MethodHandle set =
        MethodHandles.lookup()
            .findVirtual(
                SEGMENT, "set", MethodType.methodType(void.class, ofType, long.class, type));
    return MethodHandles.insertArguments(set, 1, layout(layout))
        .asType(MethodType.methodType(void.class, Object.class, long.class, type));
  }

  /** Takes a segment, an offset in it, an array, an index in that, a number of elements. */
  private static MethodHandle copier(Class<?> array, String layout)
      throws ReflectiveOperationException {
    MethodHandle copy =
        MethodHandles.lookup()
            .findStatic(
                SEGMENT,
                "copy",
                MethodType.methodType(
                    void.class,
                    SEGMENT,
                    Class.forName(LAYOUT),
                    long.class,
                    Object.class,
                    int.class,
                    int.class));
    return MethodHandles.insertArguments(copy, 1, layout(layout))
        .asType(
            MethodType.methodType(
                void.class, Object.class, long.class, array, int.class, int.class));
  }

  /** Takes an array, an index in it, a segment, an offset in that, a number of bytes. */
  private static MethodHandle bytesPutter() throws ReflectiveOperationException {
    MethodHandle copy =
        MethodHandles.lookup()
            .findStatic(
                SEGMENT,
                "copy",
                MethodType.methodType(
                    void.class,
                    Object.class,
                    int.class,
                    SEGMENT,
                    Class.forName(LAYOUT),
                    long.class,
                    int.class));
    return MethodHandles.insertArguments(copy, 3, layout("JAVA_BYTE"))
        .asType(
            MethodType.methodType(
                void.class, byte[].class, int.class, Object.class, long.class, int.class));
  }

  /** In the order of the machine, which integers are turned round for where that is not ours. */
  private static Object layout(String name) throws ReflectiveOperationException {
    return Class.forName(LAYOUT).getField(name).get(null);
  }

  private final Object segment;

  private OffHeapBytes(Object segment) {
    this.segment = segment;
  }

  /**
   * The memory of an input.
   *
   * @param length from its beginning on
   * @return null if it is not mapped, or not in one piece
   */
  public static OffHeapBytes of(RandomAccessInput in, long length) throws IOException {
    if (in instanceof MemorySegmentAccessInput mapped) {
      try {
        Object segment = (Object) SLICE.invokeExact(mapped, 0L, length);
        return segment == null ? null : new OffHeapBytes(segment);
      } catch (IOException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e); // it declares no other
      }
    }
    return null;
  }

  /** The bytes of a segment. */
  public static OffHeapBytes ofSegment(Object segment) {
    return new OffHeapBytes(SEGMENT.cast(segment));
  }

  /** The memory as what it is, for kernels. */
  public Object segment() {
    return NATIVE.cast(segment);
  }

  /** The byte at an address. */
  public byte getByte(long address) {
    try {
      return (byte) GET_BYTE.invokeExact(segment(), address);
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
  public int prefetch(long[] addresses, int count, int offset) {
    Object bytes = segment();
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
      int value = (int) GET_INT.invokeExact(segment(), address);
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
      long value = (long) GET_LONG.invokeExact(segment(), address);
      return LITTLE_ENDIAN ? value : Long.reverseBytes(value);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Writes the byte at an address. */
  public void putByte(long address, byte value) {
    try {
      PUT_BYTE.invokeExact(segment(), address, value);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Writes the integer at an address. */
  public void putInt(long address, int value) {
    try {
      PUT_INT.invokeExact(segment(), address, LITTLE_ENDIAN ? value : Integer.reverseBytes(value));
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Writes the float at an address. */
  public void putFloat(long address, float value) {
    putInt(address, Float.floatToRawIntBits(value));
  }

  /** Writes the integer at an address. */
  public void putLong(long address, long value) {
    try {
      PUT_LONG.invokeExact(segment(), address, LITTLE_ENDIAN ? value : Long.reverseBytes(value));
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Copies bytes from an address on into an array. */
  public void read(long address, byte[] bytes, int offset, int count) {
    try {
      COPY_BYTES.invokeExact(segment(), address, bytes, offset, count);
    } catch (Throwable e) {
      throw failure(e);
    }
  }

  /** Copies integers from an address on into an array. */
  public void read(long address, int[] ints, int offset, int count) {
    try {
      COPY_INTS.invokeExact(segment(), address, ints, offset, count);
    } catch (Throwable e) {
      throw failure(e);
    }
    for (int i = offset; LITTLE_ENDIAN == false && i < offset + count; i++) {
      ints[i] = Integer.reverseBytes(ints[i]);
    }
  }

  /** Writes bytes of an array from an address on. */
  public void write(long address, byte[] bytes, int offset, int count) {
    try {
      PUT_BYTES.invokeExact(bytes, offset, segment(), address, count);
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

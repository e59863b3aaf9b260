/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.lucene.store.MemorySegmentAccessInput;

/**
 * The part of {@code java.lang.foreign} that this library uses, as method handles. Segments and
 * arenas are typed as {@link Object}.
 *
 * <p>The API is final since Java 22 and complete in Java 21, where {@code javac} still treats it as
 * a preview. With method handles, one class file, compiled for 21 on any JDK, runs on 21 and newer
 * without {@code --enable-preview}. Access through {@code MemorySegment} needs no {@code
 * --add-opens} either.
 *
 * <p>The handles are constants, so the JIT compiles their calls as it compiles direct calls.
 * Searches use this class, so it must not initialize a native library.
 */
public final class Foreign {

  /**
   * {@code MemorySegment}. Public for {@code VectorKernels}, which a test loads by its own class
   * loaders and thereby into other run-time packages.
   */
  public static final Class<?> SEGMENT;

  /**
   * The JDK's class of all segments outside the heap. A cast to it tells the JIT what it would
   * otherwise derive from all uses of segments in the JVM: without the cast, a JVM that both builds
   * graphs and searches scores codes three times as slowly as one that does either.
   */
  static final Class<?> NATIVE_SEGMENT;

  /** {@code (segment, offset) -> byte}. */
  static final MethodHandle GET_BYTE;

  /** {@code (segment, offset) -> int}, in the machine's byte order like all integers here. */
  static final MethodHandle GET_INT;

  /** {@code (segment, offset) -> long}. */
  static final MethodHandle GET_LONG;

  /** {@code (segment, offset, byte) -> void}. */
  static final MethodHandle PUT_BYTE;

  /** {@code (segment, offset, int) -> void}. */
  static final MethodHandle PUT_INT;

  /** {@code (segment, offset, long) -> void}. */
  static final MethodHandle PUT_LONG;

  /** {@code (segment, offset, byte[], index, count) -> void}. */
  static final MethodHandle READ_BYTES;

  /** {@code (segment, offset, int[], index, count) -> void}. */
  static final MethodHandle READ_INTS;

  /** {@code (byte[], index, segment, offset, count) -> void}. */
  static final MethodHandle WRITE_BYTES;

  /** {@code (input, offset, length) -> segment}; throws {@link java.io.IOException}. */
  static final MethodHandle SEGMENT_OF_INPUT;

  private static final String PACKAGE = "java.lang.foreign.";
  private static final String LAYOUT = PACKAGE + "ValueLayout";

  private static final MethodHandle NEW_ARENA;
  private static final MethodHandle CLOSE_ARENA;
  private static final MethodHandle OF_ADDRESS;
  private static final MethodHandle REINTERPRET;
  private static final MethodHandle VIEW;
  private static final MethodHandle ADDRESS;
  private static final MethodHandle ADDRESS_OF_SEGMENT;
  private static final MethodHandle MAP;
  private static final MethodHandle SLICE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      SEGMENT = Class.forName(PACKAGE + "MemorySegment");
      Class<?> arena = Class.forName(PACKAGE + "Arena");

      GET_BYTE = getter(byte.class, "OfByte", "JAVA_BYTE");
      GET_INT = getter(int.class, "OfInt", "JAVA_INT_UNALIGNED");
      GET_LONG = getter(long.class, "OfLong", "JAVA_LONG_UNALIGNED");
      PUT_BYTE = setter(byte.class, "OfByte", "JAVA_BYTE");
      PUT_INT = setter(int.class, "OfInt", "JAVA_INT_UNALIGNED");
      PUT_LONG = setter(long.class, "OfLong", "JAVA_LONG_UNALIGNED");
      READ_BYTES = reader(byte[].class, "JAVA_BYTE");
      READ_INTS = reader(int[].class, "JAVA_INT_UNALIGNED");
      WRITE_BYTES = bytesWriter();
      SEGMENT_OF_INPUT =
          lookup
              .findVirtual(
                  MemorySegmentAccessInput.class,
                  "segmentSliceOrNull",
                  MethodType.methodType(SEGMENT, long.class, long.class))
              .asType(
                  MethodType.methodType(
                      Object.class, MemorySegmentAccessInput.class, long.class, long.class));

      NEW_ARENA =
          lookup
              .findStatic(arena, "ofShared", MethodType.methodType(arena))
              .asType(MethodType.methodType(Object.class));
      CLOSE_ARENA =
          lookup
              .findVirtual(arena, "close", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      MethodHandle ofAddress =
          lookup.findStatic(SEGMENT, "ofAddress", MethodType.methodType(SEGMENT, long.class));
      OF_ADDRESS = ofAddress.asType(MethodType.methodType(Object.class, long.class));
      NATIVE_SEGMENT = OF_ADDRESS.invoke(0L).getClass();
      REINTERPRET =
          lookup
              .findVirtual(
                  SEGMENT,
                  "reinterpret",
                  MethodType.methodType(SEGMENT, long.class, arena, Consumer.class))
              .asType(
                  MethodType.methodType(
                      Object.class, Object.class, long.class, Object.class, Consumer.class));

      MethodHandle resize =
          lookup.findVirtual(SEGMENT, "reinterpret", MethodType.methodType(SEGMENT, long.class));
      MethodHandle asByteBuffer =
          lookup.findVirtual(SEGMENT, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
      VIEW =
          MethodHandles.filterReturnValue(
              MethodHandles.collectArguments(resize, 0, ofAddress), asByteBuffer);
      MethodHandle ofBuffer =
          lookup.findStatic(SEGMENT, "ofBuffer", MethodType.methodType(SEGMENT, Buffer.class));
      MethodHandle address =
          lookup.findVirtual(SEGMENT, "address", MethodType.methodType(long.class));
      ADDRESS = MethodHandles.filterReturnValue(ofBuffer, address);
      ADDRESS_OF_SEGMENT = address.asType(MethodType.methodType(long.class, Object.class));
      MAP =
          lookup
              .findVirtual(
                  FileChannel.class,
                  "map",
                  MethodType.methodType(
                      SEGMENT, FileChannel.MapMode.class, long.class, long.class, arena))
              .asType(
                  MethodType.methodType(
                      Object.class,
                      FileChannel.class,
                      FileChannel.MapMode.class,
                      long.class,
                      long.class,
                      Object.class));
      SLICE =
          lookup
              .findVirtual(
                  SEGMENT, "asSlice", MethodType.methodType(SEGMENT, long.class, long.class))
              .asType(MethodType.methodType(Object.class, Object.class, long.class, long.class));
    } catch (Throwable e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Foreign() {}

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

  private static MethodHandle reader(Class<?> array, String layout)
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

  private static MethodHandle bytesWriter() throws ReflectiveOperationException {
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

  private static Object layout(String name) throws ReflectiveOperationException {
    return Class.forName(LAYOUT).getField(name).get(null);
  }

  /** Returns a new shared arena. */
  static Object newArena() {
    try {
      return (Object) NEW_ARENA.invokeExact();
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * Closes an arena, which releases the memory of its segments.
   *
   * @throws IllegalStateException if it is closed already, or a thread uses such a segment
   */
  static void close(Object arena) {
    try {
      CLOSE_ARENA.invokeExact(arena);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * Returns a segment of existing memory.
   *
   * @param cleanup called with the segment when the arena is closed
   */
  static Object segment(long address, long size, Object arena, Consumer<?> cleanup) {
    try {
      Object start = (Object) OF_ADDRESS.invokeExact(address);
      return (Object) REINTERPRET.invokeExact(start, size, arena, cleanup);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * Maps the first bytes of a file for reading and writing.
   *
   * @param arena unmaps them when it is closed
   */
  static Object map(FileChannel file, long bytes, Object arena) throws IOException {
    try {
      return (Object) MAP.invokeExact(file, FileChannel.MapMode.READ_WRITE, 0L, bytes, arena);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Returns a part of a segment. */
  static Object slice(Object segment, long offset, long bytes) {
    try {
      return (Object) SLICE.invokeExact(segment, offset, bytes);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * Returns a little-endian buffer over existing memory. It must not be used after the memory was
   * released, which the JVM cannot check.
   *
   * @param size the size of the buffer in bytes
   */
  public static ByteBuffer view(long address, long size) {
    try {
      return ((ByteBuffer) VIEW.invokeExact(address, size)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Returns the address of the byte at the position of a direct buffer. */
  public static long address(Buffer direct) {
    try {
      return (long) ADDRESS.invokeExact(direct);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /** Returns the address of a segment's first byte. */
  static long address(Object segment) {
    try {
      return (long) ADDRESS_OF_SEGMENT.invokeExact(segment);
    } catch (Throwable e) {
      throw unchecked(e);
    }
  }

  /**
   * Returns a function of the C library. This is a restricted method: a JVM may not allow it, or
   * print a warning.
   *
   * @param types int.class or long.class
   * @throws Throwable if there is no such function, or the JVM does not allow it
   */
  static MethodHandle function(String name, Class<?> result, Class<?>... types) throws Throwable {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    Class<?> linkerType = Class.forName(PACKAGE + "Linker");
    Class<?> lookupType = Class.forName(PACKAGE + "SymbolLookup");
    Class<?> descriptorType = Class.forName(PACKAGE + "FunctionDescriptor");
    Class<?> layoutType = Class.forName(PACKAGE + "MemoryLayout");
    Class<?> optionType = Class.forName(PACKAGE + "Linker$Option");

    Object linker =
        lookup.findStatic(linkerType, "nativeLinker", MethodType.methodType(linkerType)).invoke();
    Object symbols =
        lookup
            .findVirtual(linkerType, "defaultLookup", MethodType.methodType(lookupType))
            .invoke(linker);
    Optional<?> symbol =
        (Optional<?>)
            lookup
                .findVirtual(
                    lookupType, "find", MethodType.methodType(Optional.class, String.class))
                .invoke(symbols, name);
    Object layouts = Array.newInstance(layoutType, types.length);
    for (int i = 0; i < types.length; i++) {
      Array.set(layouts, i, valueLayout(types[i]));
    }
    Object descriptor =
        lookup
            .findStatic(
                descriptorType,
                "of",
                MethodType.methodType(descriptorType, layoutType, layouts.getClass()))
            .asFixedArity()
            .invoke(valueLayout(result), layouts);
    Object options = Array.newInstance(optionType, 0);
    return (MethodHandle)
        lookup
            .findVirtual(
                linkerType,
                "downcallHandle",
                MethodType.methodType(
                    MethodHandle.class, SEGMENT, descriptorType, options.getClass()))
            .asFixedArity()
            .invoke(linker, symbol.orElseThrow(), descriptor, options);
  }

  private static Object valueLayout(Class<?> type) throws ReflectiveOperationException {
    return layout(type == long.class ? "JAVA_LONG" : "JAVA_INT");
  }

  private static RuntimeException unchecked(Throwable e) {
    if (e instanceof RuntimeException runtime) {
      return runtime;
    }
    if (e instanceof Error error) {
      throw error;
    }
    throw new AssertionError(e); // none of these methods declares a checked exception
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.Consumer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.types.size_t;
import jnr.ffi.types.uintptr_t;

/** Allocates with the C library. */
final class NativeHeap {

  /** Functions of the C library. Public, as generated code calls them. */
  public interface C {
    /** Allocates memory of zeros; returns 0 if there is none. */
    @uintptr_t
    long calloc(@size_t long count, @size_t long size);

    /** Gives memory back. */
    void free(@uintptr_t long address);
  }

  private static final MethodHandle NEW_ARENA;
  private static final MethodHandle CLOSE;
  private static final MethodHandle OF_ADDRESS;
  private static final MethodHandle REINTERPRET;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      Class<?> segment = OffHeapBytes.SEGMENT;
      NEW_ARENA =
          lookup
              .findStatic(arena, "ofShared", MethodType.methodType(arena))
              .asType(MethodType.methodType(Object.class));
      CLOSE =
          lookup
              .findVirtual(arena, "close", MethodType.methodType(void.class))
              .asType(MethodType.methodType(void.class, Object.class));
      OF_ADDRESS =
          lookup
              .findStatic(segment, "ofAddress", MethodType.methodType(segment, long.class))
              .asType(MethodType.methodType(Object.class, long.class));
      REINTERPRET =
          lookup
              .findVirtual(
                  segment,
                  "reinterpret",
                  MethodType.methodType(segment, long.class, arena, Consumer.class))
              .asType(
                  MethodType.methodType(
                      Object.class, Object.class, long.class, Object.class, Consumer.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final class Library {
    static final C C =
        LibraryLoader.create(C.class).load(Platform.getNativePlatform().getStandardCLibraryName());
  }

  private NativeHeap() {}

  /** Memory that is given back together: a {@code java.lang.foreign.Arena}. */
  static Object newArena() {
    try {
      return (Object) NEW_ARENA.invokeExact();
    } catch (Throwable e) {
      throw OffHeapBytes.failure(e);
    }
  }

  /** Gives an arena's memory back. Who uses it afterwards gets an exception. */
  static void close(Object arena) {
    try {
      CLOSE.invokeExact(arena);
    } catch (Throwable e) {
      throw OffHeapBytes.failure(e);
    }
  }

  /**
   * Allocates bytes of zeros, aligned to 64.
   *
   * @throws IOException if there is not so much memory
   */
  static OffHeapBytes allocate(Object arena, long bytes) throws IOException {
    long allocated = Math.addExact(bytes, BuildMemory.ALIGNMENT);
    long address = Library.C.calloc(1, allocated);
    if (address == 0) {
      throw new IOException("the system has no memory for " + bytes + " bytes outside the heap");
    }
    long aligned = (address + BuildMemory.ALIGNMENT - 1) / BuildMemory.ALIGNMENT;
    Consumer<Object> free = segment -> Library.C.free(address);
    try {
      Object start = (Object) OF_ADDRESS.invokeExact(aligned * BuildMemory.ALIGNMENT);
      return OffHeapBytes.ofSegment(
          (Object) REINTERPRET.invokeExact(start, bytes, arena, (Consumer<?>) free));
    } catch (Throwable e) {
      Library.C.free(address);
      throw OffHeapBytes.failure(e);
    }
  }
}

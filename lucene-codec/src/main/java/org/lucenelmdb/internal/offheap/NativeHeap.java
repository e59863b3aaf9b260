/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

import java.io.IOException;
import java.util.function.Consumer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Platform;
import jnr.ffi.types.size_t;
import jnr.ffi.types.uintptr_t;

/** Allocates memory with the C library, which is loaded by the first allocation. */
final class NativeHeap {

  /** Functions of the C library. Public because generated code calls them. */
  public interface C {
    /** Allocates zeroed memory; returns 0 if it cannot. */
    @uintptr_t
    long calloc(@size_t long count, @size_t long size);

    /** Releases memory. */
    void free(@uintptr_t long address);
  }

  private static final class Library {
    static final C C =
        LibraryLoader.create(C.class).load(Platform.getNativePlatform().getStandardCLibraryName());
  }

  private NativeHeap() {}

  /**
   * Allocates zeroed bytes, aligned to {@link BuildMemory#ALIGNMENT}.
   *
   * @param arena frees the memory when it is closed
   * @throws IOException if the system has too little memory
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
      return OffHeapBytes.ofSegment(
          Foreign.segment(aligned * BuildMemory.ALIGNMENT, bytes, arena, free));
    } catch (Throwable e) {
      Library.C.free(address);
      throw OffHeapBytes.failure(e);
    }
  }
}

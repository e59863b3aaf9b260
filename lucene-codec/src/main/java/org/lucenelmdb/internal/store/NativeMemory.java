/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Views of native memory through {@code java.lang.foreign.MemorySegment}, which needs no {@code
 * --add-opens}.
 *
 * <p>The API is final since Java 22 and complete, but marked as a preview for {@code javac}, in
 * Java 21. The method handles let one class file, compiled for 21 on any JDK, run on 21 and newer
 * without {@code --enable-preview}.
 */
final class NativeMemory {

  private static final MethodHandle VIEW;
  private static final MethodHandle ADDRESS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
      MethodHandle ofAddress =
          lookup.findStatic(segment, "ofAddress", MethodType.methodType(segment, long.class));
      MethodHandle reinterpret =
          lookup.findVirtual(segment, "reinterpret", MethodType.methodType(segment, long.class));
      MethodHandle asByteBuffer =
          lookup.findVirtual(segment, "asByteBuffer", MethodType.methodType(ByteBuffer.class));
      MethodHandle ofBuffer =
          lookup.findStatic(segment, "ofBuffer", MethodType.methodType(segment, Buffer.class));
      MethodHandle address =
          lookup.findVirtual(segment, "address", MethodType.methodType(long.class));
      VIEW =
          MethodHandles.filterReturnValue(
              MethodHandles.collectArguments(reinterpret, 0, ofAddress), asByteBuffer);
      ADDRESS = MethodHandles.filterReturnValue(ofBuffer, address);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private NativeMemory() {}

  /** A little-endian buffer over {@code size} bytes at {@code address}; valid while they are. */
  static ByteBuffer view(long address, long size) {
    try {
      return ((ByteBuffer) VIEW.invokeExact(address, size)).order(ByteOrder.LITTLE_ENDIAN);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // none of the four methods declares a checked exception
    }
  }

  /** The address of the byte at the buffer's position. */
  static long address(Buffer direct) {
    try {
      return (long) ADDRESS.invokeExact(direct);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }
}

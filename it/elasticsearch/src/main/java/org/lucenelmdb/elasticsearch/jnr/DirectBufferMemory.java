/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.jnr;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.Pointer;
import jnr.ffi.provider.MemoryManager;

/**
 * Allocates native memory as direct buffers, which the garbage collector releases. JNR's own memory
 * manager releases memory by a thread, for which it creates a class loader.
 */
final class DirectBufferMemory implements MemoryManager {

  private final MemoryManager pointers;

  /**
   * @param pointers creates pointers to memory that exists
   */
  DirectBufferMemory(MemoryManager pointers) {
    this.pointers = pointers;
  }

  @Override
  public Pointer allocateDirect(long size, boolean clear) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.toIntExact(size));
    return pointers.newPointer(buffer.order(ByteOrder.nativeOrder()));
  }

  @Override
  public Pointer allocateDirect(int size, boolean clear) {
    return allocateDirect((long) size, clear);
  }

  @Override
  public Pointer allocateDirect(int size) {
    return allocateDirect((long) size, true);
  }

  @Override
  public Pointer allocateDirect(long size) {
    return allocateDirect(size, true);
  }

  @Override
  public Pointer allocateTemporary(int size, boolean clear) {
    return allocateDirect((long) size, clear);
  }

  @Override
  public Pointer allocate(int size) {
    return pointers.allocate(size);
  }

  @Override
  public Pointer newPointer(ByteBuffer buffer) {
    return pointers.newPointer(buffer);
  }

  @Override
  public Pointer newPointer(long address) {
    return pointers.newPointer(address);
  }

  @Override
  public Pointer newPointer(long address, long size) {
    return pointers.newPointer(address, size);
  }

  @Override
  public Pointer newOpaquePointer(long address) {
    return pointers.newOpaquePointer(address);
  }
}

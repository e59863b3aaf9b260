/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.jnr;

import java.nio.ByteOrder;
import jnr.ffi.NativeType;
import jnr.ffi.ObjectReferenceManager;
import jnr.ffi.Runtime;
import jnr.ffi.Type;
import jnr.ffi.TypeAlias;
import jnr.ffi.provider.ClosureManager;
import jnr.ffi.provider.MemoryManager;

/** JNR's runtime with another memory manager: see {@link DirectBufferMemory}. */
final class HeapManagedRuntime extends Runtime {

  private final Runtime delegate;
  private final MemoryManager memory;

  HeapManagedRuntime(Runtime delegate) {
    this.delegate = delegate;
    this.memory = new DirectBufferMemory(delegate.getMemoryManager());
  }

  @Override
  public MemoryManager getMemoryManager() {
    return memory;
  }

  @Override
  public Type findType(NativeType type) {
    return delegate.findType(type);
  }

  @Override
  public Type findType(TypeAlias type) {
    return delegate.findType(type);
  }

  @Override
  public ClosureManager getClosureManager() {
    return delegate.getClosureManager();
  }

  @Override
  public <T> ObjectReferenceManager<T> newObjectReferenceManager() {
    return delegate.newObjectReferenceManager();
  }

  @Override
  public int getLastError() {
    return delegate.getLastError();
  }

  @Override
  public void setLastError(int error) {
    delegate.setLastError(error);
  }

  @Override
  public long addressMask() {
    return delegate.addressMask();
  }

  @Override
  public int addressSize() {
    return delegate.addressSize();
  }

  @Override
  public int longSize() {
    return delegate.longSize();
  }

  @Override
  public ByteOrder byteOrder() {
    return delegate.byteOrder();
  }

  @Override
  public boolean isCompatible(Runtime other) {
    return other == this || delegate.isCompatible(other);
  }
}

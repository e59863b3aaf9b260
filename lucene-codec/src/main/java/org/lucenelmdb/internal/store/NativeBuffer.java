/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import jnr.ffi.Pointer;
import org.lmdbjava.BufferProxy;
import org.lucenelmdb.internal.offheap.Foreign;

/**
 * The buffer type of LMDB environments: a range of native memory. This class allocates the memory
 * of keys. The memory of reserved values belongs to LMDB.
 */
final class NativeBuffer {

  /** Passes {@link NativeBuffer}s between lmdbjava and LMDB. */
  static final BufferProxy<NativeBuffer> PROXY = new Proxy();

  private long address;
  private int size;
  private ByteBuffer bytes;

  private NativeBuffer() {}

  /** Allocates a buffer. Its memory is released with the object. */
  static NativeBuffer allocate(int size) {
    NativeBuffer buffer = new NativeBuffer();
    buffer.bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
    buffer.address = Foreign.address(buffer.bytes);
    buffer.size = size;
    return buffer;
  }

  /** Replaces the contents by a value, which must fit. */
  NativeBuffer set(byte[] value) {
    bytes.put(0, value);
    size = value.length;
    return this;
  }

  long address() {
    return address;
  }

  int size() {
    return size;
  }

  /** The bytes from index 0 to the size; little-endian. */
  ByteBuffer bytes() {
    if (bytes == null) {
      bytes = Foreign.view(address, size);
    }
    return bytes;
  }

  private void wrap(long newAddress, long newSize) {
    address = newAddress;
    size = Math.toIntExact(newSize);
    bytes = null;
  }

  private static final class Proxy extends BufferProxy<NativeBuffer> {

    /** LMDB's default order of keys: by unsigned bytes, a prefix before longer keys. */
    private static final Comparator<NativeBuffer> ORDER =
        (a, b) -> {
          ByteBuffer x = a.bytes().slice(0, a.size);
          ByteBuffer y = b.bytes().slice(0, b.size);
          int i = x.mismatch(y);
          return i < 0 || i == x.remaining() || i == y.remaining()
              ? Integer.compare(x.remaining(), y.remaining())
              : Integer.compare(x.get(i) & 0xFF, y.get(i) & 0xFF);
        };

    @Override
    protected NativeBuffer allocate() {
      return new NativeBuffer();
    }

    @Override
    protected void deallocate(NativeBuffer buffer) {
      // the memory of allocate()'s buffers belongs to LMDB
    }

    @Override
    protected byte[] getBytes(NativeBuffer buffer) {
      byte[] copy = new byte[buffer.size];
      buffer.bytes().get(0, copy);
      return copy;
    }

    @Override
    protected Comparator<NativeBuffer> getSignedComparator() {
      return ORDER;
    }

    @Override
    protected Comparator<NativeBuffer> getUnsignedComparator() {
      return ORDER;
    }

    @Override
    protected Pointer in(NativeBuffer buffer, Pointer ptr) {
      ptr.putLong(STRUCT_FIELD_OFFSET_SIZE, buffer.size);
      ptr.putAddress(STRUCT_FIELD_OFFSET_DATA, buffer.address);
      return null;
    }

    @Override
    protected Pointer in(NativeBuffer buffer, int size, Pointer ptr) {
      ptr.putLong(STRUCT_FIELD_OFFSET_SIZE, size);
      return null;
    }

    @Override
    protected NativeBuffer out(NativeBuffer buffer, Pointer ptr) {
      buffer.wrap(ptr.getAddress(STRUCT_FIELD_OFFSET_DATA), ptr.getLong(STRUCT_FIELD_OFFSET_SIZE));
      return buffer;
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Reads records of an image by the addresses of their values, without searching a tree.
 *
 * <p>Values must be short, and keys have eight bytes. On a leaf page, a record's header and key
 * precede its value. A read copies all three at once and verifies the header and the key, which
 * detects wrong addresses. Not thread-safe.
 */
public final class RecordInput {

  /** The length of the keys that this class supports. */
  public static final int KEY_BYTES = Long.BYTES;

  private static final int BEFORE_VALUE = ImagePages.NODE_HEADER_BYTES + KEY_BYTES;

  static {
    // a value on overflow pages starts at the same distance from its page's first byte
    assert BEFORE_VALUE == ImagePages.HEADER_BYTES;
  }

  /**
   * The number of prefetched bytes, three cache lines: with a typical M, the links of a node take
   * two or three.
   */
  private static final int PREFETCHED_BYTES = 3 * 64;

  private final RandomAccessInput image;
  private final OffHeapBytes memory; // null if the file is not mapped
  private final String resource;
  private final long imageLength;
  private final int pageSize;
  private final byte[] record;

  /**
   * @param image the image as a slice of its file
   * @param pageSize the size of the image's pages in bytes
   * @param maxLength the maximum length of a value in bytes
   */
  public RecordInput(IndexInput image, int pageSize, int maxLength) throws IOException {
    this.imageLength = image.length();
    this.image = image.randomAccessSlice(0, imageLength);
    this.memory = OffHeapBytes.of(this.image, imageLength);
    this.resource = image.toString();
    this.pageSize = pageSize;
    this.record = new byte[Math.addExact(BEFORE_VALUE, maxLength)];
  }

  /**
   * Reads the value of a record into {@link #bytes()}, starting at {@link #offset()}.
   *
   * @param address the address of the value
   * @param key the record's key, as a big-endian number
   * @return the length of the value; an upper bound of it if the value is on overflow pages, which
   *     do not state its length
   * @throws CorruptIndexException if the record is not there
   */
  public int read(long address, long key) throws IOException {
    if (address < BEFORE_VALUE || address > imageLength) {
      throw corrupt("a record should be within " + imageLength + " bytes", "address " + address);
    }
    int length = (int) Math.min(record.length, imageLength - address + BEFORE_VALUE);
    image.readBytes(address - BEFORE_VALUE, record, 0, length);
    int available = length - BEFORE_VALUE;
    long header = (long) BitUtil.VH_LE_LONG.get(record, 0);
    if (address % pageSize == ImagePages.HEADER_BYTES) { // impossible on a leaf page
      int flags = (short) BitUtil.VH_LE_SHORT.get(record, ImagePages.PAGE_FLAGS);
      if (header != address / pageSize || flags != ImagePages.P_OVERFLOW) {
        throw corrupt(
            "an overflow page should begin before " + address,
            "page number " + header + ", flags " + flags);
      }
      return available;
    }
    long valueLength = header & 0xFFFFFFFFL;
    int flags = (int) (header >>> Byte.SIZE * ImagePages.NODE_FLAGS) & 0xFFFF;
    int keyLength = (int) (header >>> Byte.SIZE * ImagePages.NODE_KEY_LENGTH) & 0xFFFF;
    long foundKey =
        Long.reverseBytes((long) BitUtil.VH_LE_LONG.get(record, ImagePages.NODE_HEADER_BYTES));
    if (flags != 0 || keyLength != KEY_BYTES || foundKey != key || valueLength > available) {
      throw corrupt(
          "the record of key 0x" + Long.toHexString(key) + " should be at " + address,
          "flags "
              + flags
              + ", key of "
              + keyLength
              + " bytes, 0x"
              + Long.toHexString(foundKey)
              + ", value of "
              + valueLength
              + " bytes");
    }
    return (int) valueLength;
  }

  /**
   * Prefetches the cache lines that {@link #read} will read first. Does nothing if the image is not
   * mapped, or the address is outside of it, which {@link #read} will report.
   *
   * @param address the address of a value
   * @return a sum of bytes; if the caller discards it, the JIT may eliminate the reads
   */
  public int prefetch(long address) {
    if (memory == null) {
      return 0;
    }
    int sum = 0;
    long begin = address - BEFORE_VALUE;
    for (long at = begin; at < begin + PREFETCHED_BYTES && at >= 0 && at < imageLength; at += 64) {
      sum += memory.getByte(at);
    }
    return sum;
  }

  /** Contains the record that was read last. */
  public byte[] bytes() {
    return record;
  }

  /** The index of the value's first byte in {@link #bytes()}. */
  public int offset() {
    return BEFORE_VALUE;
  }

  private CorruptIndexException corrupt(String expected, String found) {
    return new CorruptIndexException(expected + "; found " + found, resource);
  }
}

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
 * Reads records of an image by the addresses of their values, without a search through a tree.
 *
 * <p>For short values with keys of eight bytes. A read is one copy: the header and the key lie
 * before a value on a leaf page, and they must be those of the record that was asked for, so that a
 * wrong address is found out. For one thread.
 */
public final class RecordInput {

  /** The key's length that this class is made for. */
  public static final int KEY_BYTES = Long.BYTES;

  private static final int BEFORE_VALUE = ImagePages.NODE_HEADER_BYTES + KEY_BYTES;

  static {
    // a value with pages of its own lies as far behind its page's beginning
    assert BEFORE_VALUE == ImagePages.HEADER_BYTES;
  }

  /** Three lines of the cache, as the links of a node with the usual M take two or three. */
  private static final int PREFETCHED_BYTES = 3 * 64;

  private final RandomAccessInput image;
  private final OffHeapBytes memory; // null if the file is not mapped
  private final String resource;
  private final long imageLength;
  private final int pageSize;
  private final byte[] record;

  /**
   * @param image the image as a slice of its file
   * @param pageSize of the image
   * @param maxLength of a value
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
   * Reads a record into {@link #bytes()}, from {@link #offset()} on.
   *
   * @param address of the value
   * @param key the record's key, big-endian
   * @return the length of the value, or more where the value has pages of its own, whose end is not
   *     to be seen from there
   * @throws CorruptIndexException if it is not there
   */
  public int read(long address, long key) throws IOException {
    if (address < BEFORE_VALUE || address > imageLength) {
      throw corrupt("a record should be within " + imageLength + " bytes", "address " + address);
    }
    int length = (int) Math.min(record.length, imageLength - address + BEFORE_VALUE);
    image.readBytes(address - BEFORE_VALUE, record, 0, length);
    int available = length - BEFORE_VALUE;
    long header = (long) BitUtil.VH_LE_LONG.get(record, 0);
    if (address % pageSize == ImagePages.HEADER_BYTES) { // never the case on a leaf page
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
   * Makes the CPU fetch what {@link #read} will look at first.
   *
   * @param address of a value
   * @return something that was read, for the caller to use, lest the JVM leave it out
   */
  public int prefetch(long address) {
    if (memory == null) {
      return 0;
    }
    int sum = 0;
    long begin = address - BEFORE_VALUE;
    // of a wrong address nothing is fetched; it will be found out when it is read
    for (long at = begin; at < begin + PREFETCHED_BYTES && at >= 0 && at < imageLength; at += 64) {
      sum += memory.getByte(at);
    }
    return sum;
  }

  /** Where the record is. */
  public byte[] bytes() {
    return record;
  }

  /** The value's place in {@link #bytes()}. */
  public int offset() {
    return BEFORE_VALUE;
  }

  private CorruptIndexException corrupt(String expected, String found) {
    return new CorruptIndexException(expected + "; found " + found, resource);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.roaring;

import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.BitUtil;

/**
 * Decodes Roaring bitmaps from their <a
 * href="https://github.com/RoaringBitmap/RoaringFormatSpec">portable format</a>, without
 * allocation, and verifies them.
 */
public final class PortableRoaring {

  private static final int COOKIE_NO_RUNS = 12346;
  private static final int COOKIE_RUNS = 12347;
  private static final int MIN_CONTAINERS_FOR_OFFSETS_WITH_RUNS = 4;
  private static final int MAX_ARRAY_SIZE = 4096;
  private static final int BITMAP_BYTES = 8192;
  private static final int MAX_CONTAINERS = 1 << Character.SIZE;

  private PortableRoaring() {}

  /**
   * The maximum serialized size of a bitmap without run containers, in bytes.
   *
   * @param cardinality the maximum number of values
   * @param limit the exclusive upper bound of the values
   */
  public static long maxBytes(int cardinality, int limit) {
    long containers = Math.min(cardinality, ((long) limit + MAX_CONTAINERS - 1) / MAX_CONTAINERS);
    long arrays = 2L * cardinality;
    return 8 + 8 * containers + Math.min(arrays, containers * BITMAP_BYTES);
  }

  /**
   * Decodes a bitmap.
   *
   * @param bytes contains the bitmap
   * @param offset the bitmap's first byte
   * @param length the maximum length of the bitmap, in bytes; it may end earlier
   * @param values receives the values in ascending order
   * @param limit the exclusive upper bound of the values
   * @param resource the origin of the bytes, for the exception's message
   * @return the number of values
   * @throws CorruptIndexException if the bytes are not a valid bitmap, or it has a value at or
   *     above the limit or more values than the array can hold
   */
  public static int decode(
      byte[] bytes, int offset, int length, int[] values, int limit, String resource)
      throws CorruptIndexException {
    if (length < 4) {
      throw corrupt("a cookie", "only " + length + " bytes", resource);
    }
    int end = offset + length;
    int cookie = getInt(bytes, offset);
    int containers;
    int runs = -1; // the position of the flags of run containers
    int at;
    if (cookie == COOKIE_NO_RUNS) {
      if (length < 8) {
        throw corrupt("a number of containers", "only " + length + " bytes", resource);
      }
      containers = getInt(bytes, offset + 4);
      at = offset + 8;
    } else if ((cookie & 0xFFFF) == COOKIE_RUNS) {
      containers = (cookie >>> Character.SIZE) + 1;
      runs = offset + 4;
      at = runs + (containers + 7) / 8;
    } else {
      throw corrupt("a cookie", Integer.toString(cookie), resource);
    }
    boolean hasOffsets = runs < 0 || containers >= MIN_CONTAINERS_FOR_OFFSETS_WITH_RUNS;
    if (containers < 0
        || containers > MAX_CONTAINERS
        || at + containers * (hasOffsets ? 8L : 4L) > end) {
      throw corrupt("the headers of the containers", containers + " containers", resource);
    }
    int headers = at;
    at += containers * (hasOffsets ? 8 : 4);
    int count = 0;
    int previousKey = -1;
    for (int i = 0; i < containers; i++) {
      int key = getShort(bytes, headers + 4 * i);
      int cardinality = getShort(bytes, headers + 4 * i + 2) + 1;
      if (key <= previousKey
          || cardinality > values.length - count
          || (hasOffsets && getInt(bytes, headers + 4 * (containers + i)) != at - offset)) {
        throw corrupt(
            "container "
                + i
                + " at "
                + (at - offset)
                + ", with at most "
                + (values.length - count)
                + " values and a key above "
                + previousKey,
            "key " + key + ", " + cardinality + " values",
            resource);
      }
      previousKey = key;
      int base = key << Character.SIZE;
      if (runs >= 0 && (bytes[runs + i / 8] >>> (i % 8) & 1) != 0) {
        at = decodeRuns(bytes, at, end, base, values, count, cardinality, resource);
      } else if (cardinality <= MAX_ARRAY_SIZE) {
        at = decodeArray(bytes, at, end, base, values, count, cardinality, resource);
      } else {
        at = decodeBits(bytes, at, end, base, values, count, cardinality, resource);
      }
      count += cardinality;
      // values ascend, so the last is the largest; it is negative if the key's highest bit is set
      if (values[count - 1] >= limit || values[count - 1] < 0) {
        throw corrupt(
            "values below " + limit, Integer.toUnsignedString(values[count - 1]), resource);
      }
    }
    return count;
  }

  private static int decodeArray(
      byte[] bytes, int at, int end, int base, int[] values, int to, int n, String resource)
      throws CorruptIndexException {
    if (end - at < 2 * n) {
      throw corrupt("an array of " + n, (end - at) + " bytes", resource);
    }
    int disorder = 0;
    int previous = -1;
    for (int i = 0; i < n; i++) {
      int low = getShort(bytes, at + 2 * i);
      disorder |= low - previous - 1; // negative unless the values ascend
      previous = low;
      values[to + i] = base | low;
    }
    if (disorder < 0) {
      throw corrupt("an array that ascends", "one that does not", resource);
    }
    return at + 2 * n;
  }

  private static int decodeBits(
      byte[] bytes, int at, int end, int base, int[] values, int to, int n, String resource)
      throws CorruptIndexException {
    if (end - at < BITMAP_BYTES) {
      throw corrupt("a bitmap", (end - at) + " bytes", resource);
    }
    int count = 0;
    for (int i = 0; i < BITMAP_BYTES / Long.BYTES; i++) {
      long word = (long) BitUtil.VH_LE_LONG.get(bytes, at + i * Long.BYTES);
      if (Long.bitCount(word) > n - count) {
        throw corrupt("a bitmap of " + n, "more bits", resource);
      }
      for (; word != 0; word &= word - 1) {
        values[to + count++] = base | i << 6 | Long.numberOfTrailingZeros(word);
      }
    }
    if (count != n) {
      throw corrupt("a bitmap of " + n, count + " bits", resource);
    }
    return at + BITMAP_BYTES;
  }

  private static int decodeRuns(
      byte[] bytes, int at, int end, int base, int[] values, int to, int n, String resource)
      throws CorruptIndexException {
    int runs = end - at < 2 ? 0 : getShort(bytes, at);
    if (runs == 0 || end - at < 2 + 4 * runs) {
      throw corrupt("runs", (end - at) + " bytes for " + runs + " runs", resource);
    }
    int count = 0;
    int next = 0;
    for (int i = 0; i < runs; i++) {
      int start = getShort(bytes, at + 2 + 4 * i);
      int length = getShort(bytes, at + 4 + 4 * i) + 1;
      if (start < next || start + length > MAX_CONTAINERS || length > n - count) {
        throw corrupt(
            "runs of " + n + " values that ascend",
            "a run of " + length + " at " + start,
            resource);
      }
      for (int j = 0; j < length; j++) {
        values[to + count++] = base | start + j;
      }
      next = start + length;
    }
    if (count != n) {
      throw corrupt("runs of " + n + " values", count + " values", resource);
    }
    return at + 2 + 4 * runs;
  }

  private static int getShort(byte[] bytes, int at) {
    return (short) BitUtil.VH_LE_SHORT.get(bytes, at) & 0xFFFF;
  }

  private static int getInt(byte[] bytes, int at) {
    return (int) BitUtil.VH_LE_INT.get(bytes, at);
  }

  private static CorruptIndexException corrupt(String expected, String found, String resource) {
    return new CorruptIndexException(
        "a Roaring bitmap should have " + expected + "; found " + found, resource);
  }
}

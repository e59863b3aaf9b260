/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.roaringbitmap.RoaringBitmap;

/** Reads bitmaps by the library, and checks that the same values are written as the same bytes. */
final class RoaringCheck {

  /** A bitmap that is not right. The message has the form "...; found ...". */
  static final class InvalidBitmapException extends IOException {
    private static final long serialVersionUID = 1;

    InvalidBitmapException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private final RoaringBitmap bitmap = new RoaringBitmap();
  private ByteBuffer written = ByteBuffer.allocate(1 << 12).order(ByteOrder.LITTLE_ENDIAN);

  /**
   * Checks a bitmap without runs. Its form follows from its values, so it needs no other bitmap to
   * compare with.
   */
  void check(byte[] bytes, int offset, int length) throws InvalidBitmapException {
    read(bytes, offset, length);
    if (bitmap.hasRunCompression()) {
      throw new InvalidBitmapException("a Roaring bitmap without runs; found runs", null);
    }
    compare(bitmap, bytes, offset, length);
  }

  /**
   * Checks a bitmap with runs where these are shorter.
   *
   * @return the values, ascending
   */
  int[] checkWithRuns(byte[] bytes, int offset, int length) throws InvalidBitmapException {
    read(bytes, offset, length);
    int[] values = bitmap.toArray();
    RoaringBitmap again = new RoaringBitmap();
    again.addN(values, 0, values.length);
    again.runOptimize();
    compare(again, bytes, offset, length);
    return values;
  }

  /** The values of the bitmap that was checked last. */
  int[] values() {
    return bitmap.toArray();
  }

  private void read(byte[] bytes, int offset, int length) throws InvalidBitmapException {
    try {
      bitmap.deserialize(
          ByteBuffer.wrap(bytes, offset, length).slice().order(ByteOrder.LITTLE_ENDIAN));
    } catch (IOException | RuntimeException e) { // of the library, for example of an array's bounds
      throw new InvalidBitmapException("a Roaring bitmap; found " + e.getMessage(), e);
    }
    if (bitmap.validate() == false) {
      throw new InvalidBitmapException("a valid Roaring bitmap; found another", null);
    }
  }

  private void compare(RoaringBitmap right, byte[] bytes, int offset, int length)
      throws InvalidBitmapException {
    int size = right.serializedSizeInBytes();
    if (size > written.capacity()) {
      written = ByteBuffer.allocate(2 * size).order(ByteOrder.LITTLE_ENDIAN);
    }
    written.clear();
    right.serialize(written);
    if (Arrays.equals(written.array(), 0, size, bytes, offset, offset + length) == false) {
      throw new InvalidBitmapException(
          "a Roaring bitmap as it is written, of "
              + size
              + " bytes; found other bytes for the same values",
          null);
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.roaringbitmap.InvalidRoaringFormat;
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

  private final RoaringBitmap read = new RoaringBitmap();
  private final RoaringBitmap again = new RoaringBitmap();

  /**
   * Reads a bitmap.
   *
   * @param hasRuns whether the writer uses runs where these are shorter
   * @return the values, ascending
   */
  int[] read(byte[] bytes, int offset, int length, boolean hasRuns) throws InvalidBitmapException {
    try {
      read.deserialize(new DataInputStream(new ByteArrayInputStream(bytes, offset, length)));
    } catch (IOException | InvalidRoaringFormat | IndexOutOfBoundsException e) {
      throw new InvalidBitmapException("a Roaring bitmap; found " + e.getMessage(), e);
    }
    if (read.validate() == false) {
      throw new InvalidBitmapException("a valid Roaring bitmap; found another", null);
    }
    int[] values = read.toArray();
    again.clear();
    again.addN(values, 0, values.length);
    if (hasRuns) {
      again.runOptimize();
    }
    int size = again.serializedSizeInBytes();
    ByteBuffer written = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    again.serialize(written);
    if (Arrays.equals(written.array(), 0, size, bytes, offset, offset + length) == false) {
      throw new InvalidBitmapException(
          "a Roaring bitmap as it is written, of "
              + size
              + " bytes; found other bytes for the same "
              + values.length
              + " values",
          null);
    }
    return values;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hannoy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.lucenelmdb.tools.index.IndexException;
import org.roaringbitmap.RoaringBitmap;

/** Reads Roaring bitmaps that may be damaged. */
final class HannoyBitmap {

  private HannoyBitmap() {}

  /**
   * Reads a bitmap.
   *
   * @throws IndexException if the bytes are no bitmap
   */
  static RoaringBitmap read(byte[] bytes, int offset, int length, String resource)
      throws IndexException {
    RoaringBitmap bitmap = new RoaringBitmap();
    try {
      bitmap.deserialize(ByteBuffer.wrap(bytes, offset, length));
      if (bitmap.validate()) {
        return bitmap;
      }
    } catch (IOException | RuntimeException e) {
      throw new IndexException(resource + ": expected a Roaring bitmap; found " + e, e);
    }
    throw new IndexException(
        resource + ": expected a Roaring bitmap; found " + length + " other bytes");
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hannoy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.lucenelmdb.tools.index.IndexException;
import org.roaringbitmap.RoaringBitmap;

/**
 * The metadata of an index.
 *
 * @param distance the distance
 * @param dimension the dimension in hannoy
 * @param items all items
 * @param entryPoints the items from which searches descend
 * @param maxLevel the highest level
 */
record HannoyMetadata(
    HannoyDistance distance, int dimension, RoaringBitmap items, int[] entryPoints, int maxLevel) {

  private static final int MAX_DIMENSION = 16_384 * Byte.SIZE;

  byte[] bytes() {
    byte[] name = distance.wireName().getBytes(StandardCharsets.UTF_8);
    int itemsBytes = items.serializedSizeInBytes();
    ByteBuffer out =
        ByteBuffer.allocate(
            name.length + 1 + 2 * Integer.BYTES + itemsBytes + entryPoints.length * 4 + 1);
    out.put(name).put((byte) 0).putInt(dimension).putInt(itemsBytes);
    items.serialize(out);
    out.order(ByteOrder.LITTLE_ENDIAN);
    for (int entryPoint : entryPoints) {
      out.putInt(entryPoint);
    }
    return out.put((byte) maxLevel).array();
  }

  /**
   * Reads metadata.
   *
   * @param resource the file, for messages
   * @throws IndexException if it is damaged, or has an unknown distance
   */
  static HannoyMetadata of(byte[] bytes, String resource) throws IndexException {
    int nameLength = 0;
    while (nameLength < bytes.length && bytes[nameLength] != 0) {
      nameLength++;
    }
    int fixed = nameLength + 1 + 2 * Integer.BYTES + 1;
    if (bytes.length < fixed) {
      throw new IndexException(
          resource + ": expected metadata of hannoy; found " + bytes.length + " bytes");
    }
    HannoyDistance distance =
        HannoyDistance.of(new String(bytes, 0, nameLength, StandardCharsets.UTF_8), resource);
    ByteBuffer in = ByteBuffer.wrap(bytes).position(nameLength + 1);
    int dimension = in.getInt();
    int itemsBytes = in.getInt();
    int rest = bytes.length - fixed - itemsBytes;
    if (dimension < 1
        || dimension > MAX_DIMENSION
        || itemsBytes < 0
        || rest < 0
        || rest % Integer.BYTES != 0) {
      throw new IndexException(
          resource
              + ": expected a dimension from 1 to "
              + MAX_DIMENSION
              + ", items and entry points; found the dimension "
              + dimension
              + " and "
              + itemsBytes
              + " bytes of items in "
              + bytes.length);
    }
    RoaringBitmap items = HannoyBitmap.read(bytes, in.position(), itemsBytes, resource);
    in.position(in.position() + itemsBytes).order(ByteOrder.LITTLE_ENDIAN);
    int[] entryPoints = new int[rest / Integer.BYTES];
    for (int i = 0; i < entryPoints.length; i++) {
      entryPoints[i] = in.getInt();
    }
    return new HannoyMetadata(
        distance, dimension, items, entryPoints, Byte.toUnsignedInt(in.get()));
  }
}

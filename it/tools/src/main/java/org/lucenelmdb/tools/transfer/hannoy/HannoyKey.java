/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hannoy;

import java.nio.ByteBuffer;

/**
 * A key of a record.
 *
 * @param index the number of the index in the environment
 * @param mode what the record is
 * @param item the item, unsigned
 * @param level the level of links, otherwise 0
 */
record HannoyKey(int index, int mode, int item, int level) {

  static final int BYTES = 8;

  static final int METADATA = 0;
  static final int UPDATED = 1;
  static final int LINKS = 2;
  static final int ITEM = 3;

  static HannoyKey metadata(int index) {
    return new HannoyKey(index, METADATA, 0, 0);
  }

  static HannoyKey version(int index) {
    return new HannoyKey(index, METADATA, 1, 0);
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putShort((short) index)
        .put((byte) mode)
        .putInt(item)
        .put((byte) level)
        .array();
  }

  /** Returns the key of these bytes; null if they are no key. */
  static HannoyKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      return null;
    }
    ByteBuffer in = ByteBuffer.wrap(bytes);
    HannoyKey key =
        new HannoyKey(
            Short.toUnsignedInt(in.getShort()),
            in.get(),
            in.getInt(),
            Byte.toUnsignedInt(in.get(BYTES - 1)));
    return key.mode < METADATA || key.mode > ITEM ? null : key;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.nio.ByteBuffer;
import org.lucenelmdb.internal.store.RecordInput;

/** The databases of an image that hold graphs, and their keys. All integers are big-endian. */
final class GraphRecords {

  /** The database of neighbor lists: a Roaring bitmap for each node on each level. */
  static final String LINKS_DATABASE = "links";

  /** The database of the nodes on each level above level 0, as Roaring bitmaps. */
  static final String LEVELS_DATABASE = "levels";

  /** The bytes that a record uses besides its value: page pointer, record header, and key. */
  static final int RECORD_OVERHEAD_BYTES = Short.BYTES + Long.BYTES + RecordInput.KEY_BYTES;

  private GraphRecords() {}

  /** Returns the key of a neighbor list: [int16] field, [int16] level, [int32] node. */
  static long linksKey(int field, int level, int node) {
    return (long) field << 48 | (long) level << 32 | node;
  }

  /** Returns the field of a neighbor list's key. */
  static int fieldOf(byte[] linksKey) {
    return ByteBuffer.wrap(linksKey).getShort() & 0xFFFF;
  }

  /** Returns the bytes of a neighbor list's key. */
  static byte[] bytes(long linksKey) {
    return ByteBuffer.allocate(RecordInput.KEY_BYTES).putLong(linksKey).array();
  }

  /** Returns the key of a level's nodes: [int16] field, [int16] level. */
  static byte[] levelKey(int field, int level) {
    return ByteBuffer.allocate(2 * Short.BYTES)
        .putShort((short) field)
        .putShort((short) level)
        .array();
  }
}

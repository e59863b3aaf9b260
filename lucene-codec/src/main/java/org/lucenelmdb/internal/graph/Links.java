/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.nio.ByteBuffer;
import org.lucenelmdb.internal.store.RecordInput;

/** The keys of the databases that hold a graph. All integers are big-endian. */
final class Links {

  /** The neighbors of each node on each level, as Roaring bitmaps. */
  static final String LINKS_DATABASE = "links";

  /** The nodes on each level above level 0, as Roaring bitmaps. */
  static final String LEVELS_DATABASE = "levels";

  /** What LMDB adds to a value: its place on the page, the record's header, our key. */
  static final int RECORD_OVERHEAD_BYTES = Short.BYTES + Long.BYTES + RecordInput.KEY_BYTES;

  private Links() {}

  /** The key of a node's links as a number: [int16] field, [int16] level, [int32] node. */
  static long linksKey(int field, int level, int node) {
    return (long) field << 48 | (long) level << 32 | node;
  }

  static int fieldOf(byte[] linksKey) {
    return ByteBuffer.wrap(linksKey).getShort() & 0xFFFF;
  }

  static byte[] bytes(long linksKey) {
    return ByteBuffer.allocate(RecordInput.KEY_BYTES).putLong(linksKey).array();
  }

  /** [int16] field, [int16] level. */
  static byte[] levelKey(int field, int level) {
    return ByteBuffer.allocate(2 * Short.BYTES)
        .putShort((short) field)
        .putShort((short) level)
        .array();
  }
}

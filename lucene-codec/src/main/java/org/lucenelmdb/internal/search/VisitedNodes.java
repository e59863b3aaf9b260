/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.Arrays;

/**
 * The nodes that a traversal has visited: a bit set that the next traversal reuses. Setting and
 * clearing its bits takes a tenth of the time of Lucene's sparse set, which every search would
 * create.
 */
final class VisitedNodes {

  private final long[] bits;

  VisitedNodes(int size) {
    this.bits = new long[(size + Long.SIZE - 1) / Long.SIZE];
  }

  void clear() {
    Arrays.fill(bits, 0);
  }

  /** Marks a node as visited, and returns whether it was unvisited. */
  boolean add(int node) {
    long bit = 1L << node;
    boolean isNew = (bits[node >>> 6] & bit) == 0;
    bits[node >>> 6] |= bit;
    return isNew;
  }

  /**
   * Moves the unvisited nodes to the front, and marks them as visited.
   *
   * @return the number of nodes that were unvisited
   */
  int retainNew(int[] nodes, int count) {
    int retained = 0;
    for (int i = 0; i < count; i++) {
      int node = nodes[i];
      long word = bits[node >>> 6];
      long bit = 1L << node;
      bits[node >>> 6] = word | bit;
      nodes[retained] = node;
      retained += (word & bit) == 0 ? 1 : 0; // branchless: the outcome is unpredictable
    }
    return retained;
  }

  /**
   * Moves the unvisited nodes to the front, without marking them as visited.
   *
   * @return the number of unvisited nodes
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

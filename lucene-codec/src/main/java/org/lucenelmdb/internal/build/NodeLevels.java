/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.OffHeapInts;

/**
 * The highest level of each node of a graph under construction, and the entry node. Each node above
 * level 0 has a record for each of its upper levels; the records of a node are consecutive. Changed
 * by one thread only; read by all.
 */
final class NodeLevels {

  private static final int NO_NODE = -1;

  private final OffHeapBytes levels;

  /** For nodes above level 0, the number of their first record plus one; 0 for other nodes. */
  private final OffHeapInts firstRecords;

  private final int maxUpperRecords;
  private int usedUpperRecords;
  private int entryNode = NO_NODE;
  private int topLevel = -1;

  /**
   * @param maxUpperRecords the capacity for the records of all upper levels together
   */
  NodeLevels(int size, int maxUpperRecords, BuildMemory memory) throws IOException {
    this.levels = memory.allocate(size);
    this.firstRecords = memory.ints(size);
    this.maxUpperRecords = maxUpperRecords;
  }

  /** Returns the bytes that the constructor allocates. */
  static long memoryBytes(int size) {
    return BuildMemory.cost(size) + BuildMemory.costOfInts(size);
  }

  /** Copies the levels of the first nodes of another graph. This object must be empty. */
  void copy(NodeLevels from, int nodes) {
    for (int node = 0; node < nodes; node++) {
      levels.putByte(node, from.levels.getByte(node));
      firstRecords.set(node, from.firstRecords.get(node));
    }
    usedUpperRecords = from.usedUpperRecords;
    entryNode = from.entryNode;
    topLevel = from.topLevel;
  }

  /** Sets the level of a node, once. The first node of the highest level becomes the entry node. */
  void set(int node, int level) {
    if (level > 0) {
      if (usedUpperRecords + level > maxUpperRecords) {
        throw new IllegalStateException(
            "the capacity is " + maxUpperRecords + " neighbor lists above level 0");
      }
      firstRecords.set(node, usedUpperRecords + 1);
      usedUpperRecords += level;
      levels.putByte(node, (byte) level);
    }
    if (level > topLevel) {
      setEntryNode(node, level);
    }
  }

  /** Changes the entry node. */
  void setEntryNode(int node, int level) {
    entryNode = node;
    topLevel = level;
  }

  /** Returns the highest level of a node. */
  int get(int node) {
    return levels.getByte(node);
  }

  /** Returns the number of a node's record on a level above level 0. */
  int upperRecord(int level, int node) {
    return firstRecords.get(node) - 1 + (level - 1);
  }

  /** Returns the number of records in use. */
  int usedUpperRecords() {
    return usedUpperRecords;
  }

  /** Returns the node from which searches descend; -1 if there are no nodes. */
  int entryNode() {
    return entryNode;
  }

  /** Returns the highest level of the graph; -1 if there are no nodes. */
  int topLevel() {
    return topLevel;
  }
}

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
 * Counts links to nodes, and finds a node with the most links: a bucket queue, with a linked list
 * of nodes for each count. Outside the heap. For one thread.
 */
final class LinkCounts {

  /** The maximum count. Counts are bytes, and saturate at this value. */
  private static final int MAX_COUNT = Byte.MAX_VALUE;

  private static final int NO_NODE = -1;

  private final OffHeapBytes counts;

  // the next and the previous node of each list, plus one; 0 at the ends
  private final OffHeapInts next;
  private final OffHeapInts previous;

  /** The first node of each list, which was added last, plus one; 0 if the list is empty. */
  private final int[] firsts = new int[MAX_COUNT + 1];

  /** An upper bound of the counts: the lists of higher counts are empty. */
  private int highest;

  LinkCounts(int size, BuildMemory memory) throws IOException {
    this.counts = memory.allocate(size);
    this.next = memory.ints(size);
    this.previous = memory.ints(size);
  }

  /** Returns the bytes that the constructor allocates. */
  static long memoryBytes(int size) {
    return BuildMemory.cost(size) + 2 * BuildMemory.costOfInts(size);
  }

  /** Counts a link to a node. */
  void add(int node) {
    int count = counts.getByte(node);
    if (count > 0) {
      unlink(node, count);
    }
    count = Math.min(MAX_COUNT, count + 1);
    counts.putByte(node, (byte) count);
    int second = firsts[count];
    next.set(node, second);
    previous.set(node, 0);
    if (second > 0) {
      previous.set(second - 1, node + 1);
    }
    firsts[count] = node + 1;
    highest = Math.max(highest, count);
  }

  /** Sets the count of a node to 0. */
  void remove(int node) {
    int count = counts.getByte(node);
    if (count > 0) {
      unlink(node, count);
      counts.putByte(node, (byte) 0);
    }
  }

  private void unlink(int node, int count) {
    int after = next.get(node);
    int before = previous.get(node);
    if (before > 0) {
      next.set(before - 1, after);
    } else {
      firsts[count] = after;
    }
    if (after > 0) {
      previous.set(after - 1, before);
    }
  }

  /**
   * Returns the node with the most links, of several such nodes the one counted last; -1 if there
   * is none.
   */
  int best() {
    while (highest > 0 && firsts[highest] == 0) {
      highest--;
    }
    return highest == 0 ? NO_NODE : firsts[highest] - 1;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.io.IOException;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.OffHeapInts;

/**
 * How many links lead to each of some nodes, and to which of them most do: a list of nodes for each
 * count. Outside the heap. For one thread.
 */
final class LinkCounts {

  /** A byte each; more links than that are not told apart. */
  private static final int MAX_COUNT = Byte.MAX_VALUE;

  private static final int NO_NODE = -1;

  private final OffHeapBytes counts;

  // of the lists' nodes, one more than the next and the previous one, 0 at the ends
  private final OffHeapInts next;
  private final OffHeapInts previous;

  /** One more than the first node of each list, that which came last; 0 if there is none. */
  private final int[] firsts = new int[MAX_COUNT + 1];

  /** No list of more links has a node. */
  private int highest;

  LinkCounts(int size, BuildMemory memory) throws IOException {
    this.counts = memory.allocate(size);
    this.next = memory.ints(size);
    this.previous = memory.ints(size);
  }

  /** What the constructor allocates. */
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

  /** Forgets the links to a node. */
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

  /** The node to which most links lead, of several the last that got one; -1 if there is none. */
  int best() {
    while (highest > 0 && firsts[highest] == 0) {
      highest--;
    }
    return highest == 0 ? NO_NODE : firsts[highest] - 1;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;

/** A one-to-one mapping of the nodes of a graph under construction and ordinals. */
public final class Permutation {

  private final OffHeapInts ordinals;
  private final OffHeapInts nodes;

  /**
   * @param memory has {@link #memoryBytes} left
   */
  Permutation(int size, BuildMemory memory) throws IOException {
    this.ordinals = memory.ints(size);
    this.nodes = memory.ints(size);
  }

  /** Returns the bytes that the constructor allocates. */
  static long memoryBytes(int size) {
    return 2 * BuildMemory.costOfInts(size);
  }

  void set(int node, int ordinal) {
    ordinals.set(node, ordinal);
    nodes.set(ordinal, node);
  }

  /** Returns the ordinal of a node. */
  public int ordinal(int node) {
    return ordinals.get(node);
  }

  /** Returns the node of an ordinal. */
  public int node(int ordinal) {
    return nodes.get(ordinal);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The nodes that a breadth-first traversal of a level reaches from the entry node. The links by
 * which nodes were first reached form a spanning tree. As long as these links exist, all reached
 * nodes stay reachable. For one thread.
 */
final class ReachedNodes {

  private final GraphMemory graph;
  private final Workers workers;
  private final OffHeapBits reached;

  /** For each node, the node from which it was first reached. */
  private final OffHeapInts parents;

  /** The reached nodes in breadth-first order. */
  private final OffHeapInts queue;

  private final int[] neighbors;
  private int expanded;
  private int size;
  private long reads;

  ReachedNodes(GraphMemory graph, BuildMemory memory, Workers workers) throws IOException {
    this.graph = graph;
    this.workers = workers;
    this.reached = memory.bits(graph.size());
    this.parents = memory.ints(graph.size());
    this.queue = memory.ints(graph.size());
    this.neighbors = new int[graph.maxCapacity()];
  }

  /** Returns the bytes that the constructor allocates. */
  static long memoryBytes(int size) {
    return BuildMemory.costOfBits(size) + 2 * BuildMemory.costOfInts(size);
  }

  /** Traverses a level from the entry node. */
  void traverse(int level) throws IOException {
    for (int node = 0; node < graph.size(); node++) {
      workers.checkPeriodically(node);
      reached.clearAround(node);
    }
    expanded = 0;
    size = 0;
    setParent(graph.entryNode(), graph.entryNode());
    add(level, graph.entryNode());
  }

  /** Adds a node that has become reachable, and continues the traversal of the level from it. */
  void add(int level, int reachable) throws IOException {
    reached.getAndSet(reachable);
    queue.set(size++, reachable);
    while (expanded < size) {
      workers.checkPeriodically(expanded);
      int node = queue.get(expanded++);
      reads++;
      int degree = graph.read(level, node, neighbors);
      for (int i = 0; i < degree; i++) {
        if (reached.getAndSet(neighbors[i]) == false) {
          parents.set(neighbors[i], node);
          queue.set(size++, neighbors[i]);
        }
      }
    }
  }

  /** Sets the node from which a node is reached. */
  void setParent(int node, int parent) {
    parents.set(node, parent);
  }

  /** Returns the node from which a reached node was first reached. */
  int parent(int node) {
    return parents.get(node);
  }

  boolean contains(int node) {
    return reached.get(node);
  }

  /** Returns the number of reached nodes. */
  int size() {
    return size;
  }

  /** Returns a reached node, in breadth-first order. */
  int get(int i) {
    return queue.get(i);
  }

  /** Returns the number of neighbor lists read so far. */
  long reads() {
    return reads;
  }
}

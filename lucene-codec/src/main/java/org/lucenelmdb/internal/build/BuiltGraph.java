/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.graph.BufferedHnswGraph;
import org.lucenelmdb.internal.graph.Holdout;

/**
 * Lucene's view of a graph in build memory. Its nodes are ordinals. It is valid until that memory
 * is released. For one thread.
 */
public final class BuiltGraph extends BufferedHnswGraph {

  private final GraphMemory graph;
  private final int size;
  private final Holdout holdout;

  BuiltGraph(GraphMemory graph, Holdout holdout) {
    this(graph, graph.size(), holdout);
  }

  /**
   * @param size the number of nodes, which may be less than the capacity of the memory
   */
  BuiltGraph(GraphMemory graph, int size, Holdout holdout) {
    super(graph.maxCapacity());
    this.graph = graph;
    this.size = size;
    this.holdout = holdout;
  }

  /** Returns the held-out nodes, which were inserted last; empty if none were requested. */
  public Holdout holdout() {
    return holdout;
  }

  @Override
  protected int readNeighbors(int level, int node, int[] into) {
    return graph.read(level, node, into);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int numLevels() {
    return graph.topLevel() + 1;
  }

  @Override
  public int maxConn() {
    return graph.maxConn();
  }

  @Override
  public int entryNode() {
    return graph.entryNode();
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) {
    if (level == 0) {
      return new DenseNodesIterator(size());
    }
    int[] nodes = new int[16];
    int found = 0;
    for (int node = 0; node < size; node++) {
      if (graph.level(node) >= level) {
        nodes = ArrayUtil.grow(nodes, found + 1);
        nodes[found++] = node;
      }
    }
    return new ArrayNodesIterator(nodes, found);
  }
}

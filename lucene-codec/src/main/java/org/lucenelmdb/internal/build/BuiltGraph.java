/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.graph.Holdout;

/** A graph that has been built, as Lucene sees graphs. For one thread. */
public final class BuiltGraph extends HnswGraph {

  private final GraphMemory graph;
  private final int[] neighbors;
  private final int size;
  private final Holdout holdout;
  private int count;
  private int upTo;

  BuiltGraph(GraphMemory graph, Holdout holdout) {
    this(graph, graph.size(), holdout);
  }

  /**
   * @param size how many of the nodes there are, from the first on
   */
  BuiltGraph(GraphMemory graph, int size, Holdout holdout) {
    this.graph = graph;
    this.size = size;
    this.holdout = holdout;
    this.neighbors = new int[graph.maxRoom()];
  }

  /** The nodes that were held out, and inserted last; empty unless a number was asked for. */
  public Holdout holdout() {
    return holdout;
  }

  @Override
  public void seek(int level, int node) {
    count = graph.read(level, node, neighbors);
    upTo = 0;
  }

  @Override
  public int nextNeighbor() {
    return upTo < count ? neighbors[upTo++] : NO_MORE_DOCS;
  }

  @Override
  public int neighborCount() {
    return count;
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

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
  private final Permutation permutation; // null if nodes are ordinals

  BuiltGraph(GraphMemory graph, Holdout holdout) {
    this(graph, graph.size(), holdout);
  }

  /**
   * @param size the number of nodes, which may be less than the capacity of the memory
   */
  BuiltGraph(GraphMemory graph, int size, Holdout holdout) {
    this(graph, size, holdout, null);
  }

  private BuiltGraph(GraphMemory graph, int size, Holdout holdout, Permutation permutation) {
    super(graph.maxCapacity());
    this.graph = graph;
    this.size = size;
    this.holdout = holdout;
    this.permutation = permutation;
  }

  /** Returns the same graph with ordinals for the nodes of this one. */
  public BuiltGraph renumbered(Permutation ordinals) {
    int[] heldOut = holdout.ordinals();
    for (int i = 0; i < heldOut.length; i++) {
      heldOut[i] = ordinals.ordinal(heldOut[i]);
    }
    Holdout renumbered = new Holdout(heldOut);
    holdout
        .links()
        .forEach(
            (node, neighbors) -> {
              int[] mapped = neighbors.clone();
              for (int i = 0; i < mapped.length; i++) {
                mapped[i] = ordinals.ordinal(mapped[i]);
              }
              renumbered.setLinks(ordinals.ordinal(node), mapped);
            });
    return new BuiltGraph(graph, size, renumbered, ordinals);
  }

  /** Returns the held-out nodes, which were inserted last; empty if none were requested. */
  public Holdout holdout() {
    return holdout;
  }

  @Override
  protected int readNeighbors(int level, int node, int[] into) {
    if (permutation == null) {
      return graph.read(level, node, into);
    }
    int count = graph.read(level, permutation.node(node), into);
    for (int i = 0; i < count; i++) {
      into[i] = permutation.ordinal(into[i]);
    }
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
    return permutation == null ? graph.entryNode() : permutation.ordinal(graph.entryNode());
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) {
    if (level == 0) {
      return new DenseNodesIterator(size());
    }
    int[] nodes = new int[16];
    int found = 0;
    for (int node = 0; node < size; node++) {
      int built = permutation == null ? node : permutation.node(node);
      if (graph.level(built) >= level) {
        nodes = ArrayUtil.grow(nodes, found + 1);
        nodes[found++] = node;
      }
    }
    return new ArrayNodesIterator(nodes, found);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.graph.NodeOrdinals;

/**
 * Makes searches treat the nodes of a {@link Holdout} as if they had never been inserted.
 * Thread-safe.
 */
public final class HeldOutNodes {

  private final int[] nodes;

  /** The links before, by node, which replace those in the image. */
  private final Map<Integer, int[]> links = new HashMap<>();

  /**
   * @param holdout by ordinals
   * @param order which nodes these are; null if the same
   */
  HeldOutNodes(Holdout holdout, NodeOrdinals order) throws IOException {
    this.nodes = nodes(holdout.ordinals(), order);
    for (Map.Entry<Integer, int[]> entry : holdout.links().entrySet()) {
      int ordinal = entry.getKey();
      links.put(order == null ? ordinal : order.node(ordinal), nodes(entry.getValue(), order));
    }
  }

  private static int[] nodes(int[] ordinals, NodeOrdinals order) throws IOException {
    int[] nodes = ordinals.clone();
    for (int i = 0; i < nodes.length; i++) {
      nodes[i] = order == null ? nodes[i] : order.node(nodes[i]);
    }
    return nodes;
  }

  /** Marks the nodes as visited, so that a search does not find them. */
  void hide(VisitedNodes visited) {
    for (int node : nodes) {
      visited.add(node);
    }
  }

  /**
   * Replaces the neighbors of a node by those that it had before.
   *
   * @return the number of neighbors then
   */
  int replace(int node, int[] neighbors, int degree) {
    int[] before = links.get(node);
    if (before == null) {
      return degree;
    }
    int count = Math.min(neighbors.length, before.length);
    System.arraycopy(before, 0, neighbors, 0, count);
    return count;
  }
}

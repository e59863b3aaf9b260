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
 * The nodes of a {@link Holdout}. Searches treat them as if they had never been inserted.
 * Thread-safe.
 */
public final class HeldOutNodes {

  private final int[] nodes;

  /**
   * The links that nodes had before the held-out nodes were inserted, by node. They replace the
   * links in the image.
   */
  private final Map<Integer, int[]> links = new HashMap<>();

  /**
   * @param holdout the held-out ordinals and the earlier links
   * @param order maps ordinals to nodes; null if they are the same
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

  /** Marks the held-out nodes as visited, so that a search does not find them. */
  void hide(VisitedNodes visited) {
    for (int node : nodes) {
      visited.add(node);
    }
  }

  /**
   * Replaces the neighbors of a node with those that it had before the held-out nodes were
   * inserted.
   *
   * @return the number of neighbors
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

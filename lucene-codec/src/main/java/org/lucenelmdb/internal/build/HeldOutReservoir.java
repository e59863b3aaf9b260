/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;

/**
 * A sample of the nodes of a growing graph that are held out. At any time, all nodes are equally
 * likely to be in it: reservoir sampling (<a href="https://doi.org/10.1145/3147.3165">Vitter</a>,
 * algorithm R), with a reservoir that grows with the number of nodes.
 */
final class HeldOutReservoir {

  /** The minimum number of nodes per held-out node. */
  private static final int NODES_PER_HELD_OUT = 4;

  /** Returned by {@link #offer} if a node was added and none removed. */
  static final int NO_NODE = -1;

  private final IntUnaryOperator wanted;
  private final Random random;
  private final List<Integer> nodes = new ArrayList<>();

  /**
   * @param wanted returns the number of nodes to hold out of a graph of a given size
   */
  HeldOutReservoir(IntUnaryOperator wanted, long seed) {
    this.wanted = wanted;
    this.random = new Random(seed);
  }

  /**
   * Offers the last node of a graph.
   *
   * @param size the number of nodes of the graph
   * @return the node that is not, or no longer, held out; {@link #NO_NODE} if there is none
   */
  int offer(int node, int size) {
    int capacity = Math.min(size / NODES_PER_HELD_OUT, wanted.applyAsInt(size));
    if (random.nextInt(size) >= capacity) {
      return node;
    }
    nodes.add(node);
    return nodes.size() > capacity ? nodes.remove(random.nextInt(nodes.size())) : NO_NODE;
  }

  /** Returns the held-out nodes. */
  List<Integer> nodes() {
    return nodes;
  }
}

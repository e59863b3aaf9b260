/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.store.ImageWriter;

/**
 * Numbers the nodes of a graph so that those which a search visits together lie together.
 *
 * <p>Groups of {@value #GROUP} are filled one after the other, each with the node that most nodes
 * of the group link to; the next group begins with the node to which most of the last one link
 * among those that are left. On 116,000 vectors of 384 dimensions, the 827 nodes that a search for
 * 36 neighbours visits lie on 653 pages of 64 in a random order, on 410 in the order of a
 * breadth-first walk, on 388 after eight rounds of recursive bisection, on 334 so; it takes 0.1 s.
 * Optimizing a sliding window of 64 over common neighbours, as Gorder does (Wei et al., Speedup
 * Graph Processing by Graph Ordering, SIGMOD 2016), comes to 312 and takes 6 s.
 */
public final class NodeOrder {

  private static final int GROUP = 64;

  private static final int NO_NODE = -1;

  private final HnswGraph graph;
  private final ImageWriter.Progress progress;
  private final int[] order;
  private final boolean[] placed;
  private int size;

  /** How many nodes of the group link to a node. */
  private final byte[] links;

  /** Nodes that were linked to, by the number of links that they had then; each a stack. */
  private final int[][] candidates = new int[GROUP + 1][16];

  private final int[] candidateCounts = new int[GROUP + 1];

  /** All nodes that the group links to. */
  private int[] touched = new int[1024];

  private int touchedCount;

  /** Nodes that groups linked to, which may be left over, in a queue. */
  private final int[] leftOver;

  private final boolean[] queued;
  private int leftOverHead;
  private int leftOverTail;
  private int nextUnseen;

  private NodeOrder(HnswGraph graph, ImageWriter.Progress progress) {
    this.graph = graph;
    this.progress = progress;
    this.order = new int[graph.size()];
    this.placed = new boolean[graph.size()];
    this.links = new byte[graph.size()];
    this.leftOver = new int[graph.size()];
    this.queued = new boolean[graph.size()];
  }

  /**
   * Finds an order.
   *
   * @param graph has all nodes from 0 to its size on level 0
   * @return which of the graph's nodes is the first, the second, ...
   */
  public static int[] of(HnswGraph graph, ImageWriter.Progress progress) throws IOException {
    NodeOrder order = new NodeOrder(graph, progress);
    order.fill();
    return order.order;
  }

  /** The order of the graph's nodes as they are. */
  public static int[] identity(HnswGraph graph) {
    int[] order = new int[graph.size()];
    Arrays.setAll(order, node -> node);
    return order;
  }

  /** The place of each node in an order. */
  public static int[] inverse(int[] order) {
    int[] places = new int[order.length];
    for (int place = 0; place < order.length; place++) {
      places[order[place]] = place;
    }
    return places;
  }

  private void fill() throws IOException {
    int seed = Math.max(0, graph.entryNode());
    for (int group = 0; size < order.length; group++) {
      if (group % 64 == 0) {
        progress.check();
      }
      fillGroup(seed);
      seed = endGroup();
    }
  }

  private void fillGroup(int seed) throws IOException {
    int end = Math.min(order.length, size + GROUP);
    for (int node = seed; node != NO_NODE; node = size < end ? best() : NO_NODE) {
      placed[node] = true;
      order[size++] = node;
      graph.seek(0, node);
      for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
        if (placed[n] == false) {
          link(n);
        }
      }
    }
  }

  private void link(int node) {
    if (links[node] == 0) {
      touched = ArrayUtil.grow(touched, touchedCount + 1);
      touched[touchedCount++] = node;
    }
    int count = Math.min(GROUP, links[node] + 1); // a graph may have a link twice
    links[node] = (byte) count;
    int[] stack = ArrayUtil.grow(candidates[count], candidateCounts[count] + 1);
    stack[candidateCounts[count]++] = node;
    candidates[count] = stack;
  }

  /** The node to which most of the group link, or none if they link to none that is left. */
  private int best() {
    for (int count = GROUP; count > 0; count--) {
      while (candidateCounts[count] > 0) {
        int node = candidates[count][--candidateCounts[count]];
        if (placed[node] == false && links[node] == count) {
          return node;
        }
      }
    }
    return NO_NODE;
  }

  /** Forgets the group, and returns with which node the next one begins. */
  private int endGroup() {
    int seed = NO_NODE;
    int most = 0;
    for (int i = 0; i < touchedCount; i++) {
      int node = touched[i];
      if (placed[node] == false) {
        if (links[node] > most) {
          most = links[node];
          seed = node;
        }
        if (queued[node] == false) {
          queued[node] = true;
          leftOver[leftOverTail++] = node;
        }
      }
      links[node] = 0;
    }
    touchedCount = 0;
    Arrays.fill(candidateCounts, 0);
    while (seed == NO_NODE && leftOverHead < leftOverTail) {
      int node = leftOver[leftOverHead++];
      seed = placed[node] ? NO_NODE : node;
    }
    while (seed == NO_NODE && nextUnseen < placed.length) {
      seed = placed[nextUnseen] ? NO_NODE : nextUnseen;
      nextUnseen++;
    }
    return seed;
  }
}

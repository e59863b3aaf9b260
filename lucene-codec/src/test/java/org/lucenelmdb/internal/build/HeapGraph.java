/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.junit.Assert;

/** A graph on the heap: a copy of a built one, or one made by hand. For one thread. */
final class HeapGraph extends HnswGraph {

  /** The neighbors by level and node; null for nodes that are not on a level. */
  final int[][][] links;

  private final int maxConn;
  private final int entryNode;
  private int[] current;
  private int upTo;

  HeapGraph(int[][][] links, int maxConn, int entryNode) {
    this.links = links;
    this.maxConn = maxConn;
    this.entryNode = entryNode;
  }

  /** Copies a graph. */
  static HeapGraph copy(HnswGraph graph) throws IOException {
    int[][][] links = new int[graph.numLevels()][graph.size()][];
    for (int level = 0; level < links.length; level++) {
      NodesIterator nodes = graph.getNodesOnLevel(level);
      while (nodes.hasNext()) {
        int node = nodes.nextInt();
        graph.seek(level, node);
        int[] neighbors = new int[graph.neighborCount()];
        for (int i = 0; i < neighbors.length; i++) {
          neighbors[i] = graph.nextNeighbor();
        }
        Assert.assertEquals(NO_MORE_DOCS, graph.nextNeighbor());
        links[level][node] = neighbors;
      }
    }
    return new HeapGraph(links, graph.maxConn(), graph.entryNode());
  }

  /** Returns a view of the same links for another thread. */
  HeapGraph open() {
    return new HeapGraph(links, maxConn, entryNode);
  }

  /** Returns the number of links on all levels. */
  int countLinks() {
    int count = 0;
    for (int[][] level : links) {
      for (int[] neighbors : level) {
        count += neighbors == null ? 0 : neighbors.length;
      }
    }
    return count;
  }

  /** Checks the invariants of every graph. */
  HeapGraph check(String message, int size, int maxConn) {
    Assert.assertEquals(message, size, size());
    Assert.assertEquals(message, maxConn, maxConn());
    for (int level = 0; level < links.length; level++) {
      String at = message + ", level " + level;
      for (int node = 0; node < size; node++) {
        if (links[level][node] != null) {
          checkNode(at + ", node " + node, level, node);
        }
      }
      Assert.assertNotNull(at, links[level][entryNode]);
      Assert.assertEquals(at + ": unreachable", new BitSet(), unreachable(level));
    }
    for (int node = 0; node < size; node++) {
      Assert.assertNotNull(message, links[0][node]);
    }
    return this;
  }

  private void checkNode(String message, int level, int node) {
    int[] neighbors = links[level][node].clone();
    Assert.assertTrue(message, level == 0 || links[level - 1][node] != null);
    Assert.assertTrue(
        message + " has " + neighbors.length, neighbors.length <= (level == 0 ? 2 : 1) * maxConn);
    Assert.assertTrue(
        message + " has no neighbors", level > 0 || size() == 1 || neighbors.length > 0);
    Arrays.sort(neighbors);
    for (int i = 0; i < neighbors.length; i++) {
      Assert.assertTrue(message, neighbors[i] >= 0 && neighbors[i] < size());
      Assert.assertNotEquals(message + ": itself", node, neighbors[i]);
      Assert.assertNotNull(message + ": not on level", links[level][neighbors[i]]);
      Assert.assertTrue(message + ": twice", i == 0 || neighbors[i] != neighbors[i - 1]);
    }
  }

  /** Returns the nodes of a level that are unreachable from the entry node. */
  BitSet unreachable(int level) {
    BitSet unreachable = new BitSet();
    for (int node = 0; node < size(); node++) {
      unreachable.set(node, links[level][node] != null);
    }
    int[] queue = new int[size()];
    int tail = 1;
    queue[0] = entryNode;
    unreachable.clear(entryNode);
    for (int head = 0; head < tail; head++) {
      for (int neighbor : links[level][queue[head]]) {
        if (unreachable.get(neighbor)) {
          unreachable.clear(neighbor);
          queue[tail++] = neighbor;
        }
      }
    }
    return unreachable;
  }

  @Override
  public void seek(int level, int target) {
    current = links[level][target];
    upTo = 0;
  }

  @Override
  public int nextNeighbor() {
    return upTo < current.length ? current[upTo++] : NO_MORE_DOCS;
  }

  @Override
  public int neighborCount() {
    return current.length;
  }

  @Override
  public int size() {
    return links[0].length;
  }

  @Override
  public int numLevels() {
    return links.length;
  }

  @Override
  public int maxConn() {
    return maxConn;
  }

  @Override
  public int entryNode() {
    return entryNode;
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) {
    int[] nodes = new int[size()];
    int count = 0;
    for (int node = 0; node < size(); node++) {
      if (links[level][node] != null) {
        nodes[count++] = node;
      }
    }
    return new ArrayNodesIterator(nodes, count);
  }
}

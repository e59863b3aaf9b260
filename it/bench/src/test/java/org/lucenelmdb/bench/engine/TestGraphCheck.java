/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.IOException;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Finds the unreachable nodes. */
public class TestGraphCheck extends LuceneTestCase {

  /** Graphs of two levels. */
  private static final class Graph extends HnswGraph {
    private final int[][][] links;
    private final int entry;
    private int[] neighbors;
    private int next;

    /** Takes the links of levels 0 and 1 by node; null for nodes that are not on the level. */
    Graph(int entry, int[][][] links) {
      this.entry = entry;
      this.links = links;
    }

    @Override
    public void seek(int level, int target) {
      neighbors = links[level][target];
      assertNotNull("node " + target + " is not on level " + level, neighbors);
      next = 0;
    }

    @Override
    public int size() {
      return links[0].length;
    }

    @Override
    public int nextNeighbor() {
      return next < neighbors.length ? neighbors[next++] : DocIdSetIterator.NO_MORE_DOCS;
    }

    @Override
    public int numLevels() {
      return links.length;
    }

    @Override
    public int maxConn() {
      return 2;
    }

    @Override
    public int entryNode() {
      return entry;
    }

    @Override
    public int neighborCount() {
      return neighbors.length;
    }

    @Override
    public NodesIterator getNodesOnLevel(int level) {
      throw new AssertionError();
    }
  }

  public void testConnected() throws IOException {
    int[][] circle = {{1}, {2}, {0}};
    assertEquals(0, GraphCheck.unreachable(new Graph(1, new int[][][] {circle})));
  }

  public void testAnArrowOneWay() throws IOException {
    int[][] line = {{1}, {2}, {}};
    assertEquals(0, GraphCheck.unreachable(new Graph(0, new int[][][] {line})));
    assertEquals(2, GraphCheck.unreachable(new Graph(2, new int[][][] {line})));
  }

  public void testUpperLevelJoins() throws IOException {
    int[][] islands = {{1}, {0}, {3}, {2}};
    assertEquals(2, GraphCheck.unreachable(new Graph(0, new int[][][] {islands})));
    int[][] bridge = {{2}, null, {0}, null};
    assertEquals(0, GraphCheck.unreachable(new Graph(0, new int[][][] {islands, bridge})));
  }

  public void testUpperNodeOutOfReach() throws IOException {
    int[][] islands = {{1}, {0}, {3}, {2}};
    int[][] noBridge = {{}, null, {0}, null};
    assertEquals(2, GraphCheck.unreachable(new Graph(0, new int[][][] {islands, noBridge})));
  }

  public void testEmpty() throws IOException {
    assertEquals(0, GraphCheck.unreachable(new Graph(-1, new int[][][] {{}})));
  }
}

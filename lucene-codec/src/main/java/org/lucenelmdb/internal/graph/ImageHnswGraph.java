/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.io.IOException;
import java.util.Arrays;

/** Lucene's view of a graph in an image. Its nodes are ordinals. For one thread. */
public final class ImageHnswGraph extends BufferedHnswGraph {

  /** The purpose of a graph, which determines when its links are checked. */
  public enum Use {
    /**
     * A search seeks the neighbors that it uses, and seeking a node that is not on the level fails.
     */
    SEARCH,
    /** A copy may use neighbors without seeking them, so all neighbors of a node are checked. */
    COPY
  }

  private final GraphGeometry geometry;
  private final boolean checkNeighbors;
  private final LinksInput links;
  private final NodeOrdinals ordinals;
  private final boolean isIdentity;

  /**
   * Opens a graph.
   *
   * @param ordinals {@link NodeOrdinals#IDENTITY} if nodes are not renumbered
   */
  public ImageHnswGraph(GraphGeometry geometry, LinksInput links, NodeOrdinals ordinals, Use use) {
    super(geometry.maxDegree());
    this.geometry = geometry;
    this.checkNeighbors = use == Use.COPY;
    this.links = links;
    this.ordinals = ordinals;
    this.isIdentity = ordinals == NodeOrdinals.IDENTITY;
  }

  @Override
  protected int readNeighbors(int level, int ordinal, int[] into) throws IOException {
    int count = links.read(level, ordinals.node(ordinal), into);
    if (checkNeighbors && level > 0) {
      links.checkForCopy(level, into, count);
    }
    if (isIdentity == false) {
      toSortedOrdinals(into, count);
    }
    return count;
  }

  private void toSortedOrdinals(int[] nodes, int count) throws IOException {
    for (int i = 0; i < count; i++) {
      nodes[i] = ordinals.ordinal(nodes[i]);
    }
    Arrays.sort(nodes, 0, count);
  }

  @Override
  public int size() {
    return geometry.size();
  }

  @Override
  public int numLevels() {
    return geometry.levels();
  }

  @Override
  public int maxConn() {
    return geometry.maxConn();
  }

  @Override
  public int entryNode() throws IOException {
    return ordinals.ordinal(geometry.entryNode());
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) throws IOException {
    if (level == 0) {
      return new DenseNodesIterator(size());
    }
    int[] nodes = geometry.nodesByLevel()[level];
    if (isIdentity) {
      return new ArrayNodesIterator(nodes);
    }
    int[] sorted = nodes.clone();
    toSortedOrdinals(sorted, sorted.length);
    return new ArrayNodesIterator(sorted);
  }
}

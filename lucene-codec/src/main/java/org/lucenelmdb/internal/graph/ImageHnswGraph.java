/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.hnsw.HnswGraph;

/**
 * A graph whose links are read from the image, as Lucene sees it: its nodes are ordinals. For one
 * thread.
 */
public final class ImageHnswGraph extends HnswGraph {

  /** Who walks a graph. */
  public enum Use {
    /** A search: a neighbor that is not on the level is found out when it is sought. */
    SEARCH,
    /**
     * Anything else, which may rely on neighbors that it does not seek: all are checked at once.
     */
    COPY
  }

  /** Which nodes are which ordinals. For one thread. */
  public interface Order {
    /** The ordinal of a node. */
    int ordinal(int node) throws IOException;

    /** The node of an ordinal. */
    int node(int ordinal) throws IOException;
  }

  private final GraphGeometry geometry;
  private final boolean checkNeighbors;
  private final LinksInput links;
  private final Order order;
  private final int[] neighbors;
  private int count;
  private int upTo;

  /**
   * Opens a graph.
   *
   * @param order null if nodes are ordinals
   */
  public ImageHnswGraph(GraphGeometry geometry, LinksInput links, Order order, Use use) {
    this.geometry = geometry;
    this.checkNeighbors = use == Use.COPY;
    this.links = links;
    this.order = order;
    this.neighbors = new int[geometry.maxDegree()];
  }

  @Override
  public void seek(int level, int ordinal) throws IOException {
    count = links.read(level, order == null ? ordinal : order.node(ordinal), neighbors);
    upTo = 0;
    if (checkNeighbors && level > 0) {
      links.checkForCopy(level, neighbors, count);
    }
    if (order != null) {
      for (int i = 0; i < count; i++) {
        neighbors[i] = order.ordinal(neighbors[i]);
      }
      Arrays.sort(neighbors, 0, count);
    }
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
    return order == null ? geometry.entryNode() : order.ordinal(geometry.entryNode());
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) throws IOException {
    if (level == 0) {
      return new DenseNodesIterator(size());
    }
    int[] nodes = geometry.nodesByLevel()[level];
    if (order == null) {
      return new ArrayNodesIterator(nodes);
    }
    int[] ordinals = new int[nodes.length];
    for (int i = 0; i < nodes.length; i++) {
      ordinals[i] = order.ordinal(nodes[i]);
    }
    Arrays.sort(ordinals);
    return new ArrayNodesIterator(ordinals);
  }
}

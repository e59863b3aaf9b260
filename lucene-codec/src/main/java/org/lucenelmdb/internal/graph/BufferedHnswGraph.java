/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import org.apache.lucene.util.hnsw.HnswGraph;

/** An {@link HnswGraph} that reads all neighbors of a node when it seeks. For one thread. */
public abstract class BufferedHnswGraph extends HnswGraph {

  private final int[] neighbors;
  private int count;
  private int upTo;

  /**
   * @param maxDegree the largest number of neighbors of any node on any level
   */
  protected BufferedHnswGraph(int maxDegree) {
    this.neighbors = new int[maxDegree];
  }

  /**
   * Reads the neighbors of a node.
   *
   * @param into receives the neighbors, in the order in which they are returned
   * @return the number of neighbors
   */
  protected abstract int readNeighbors(int level, int node, int[] into) throws IOException;

  @Override
  public final void seek(int level, int node) throws IOException {
    count = readNeighbors(level, node, neighbors);
    upTo = 0;
  }

  @Override
  public final int nextNeighbor() {
    return upTo < count ? neighbors[upTo++] : NO_MORE_DOCS;
  }

  @Override
  public final int neighborCount() {
    return count;
  }
}

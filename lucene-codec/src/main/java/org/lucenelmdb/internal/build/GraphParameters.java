/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import org.apache.lucene.util.hnsw.HnswGraphSearcher;

/**
 * The parameters of graphs.
 *
 * @param maxConn M
 * @param beamWidth the beam width of the search for a new node's neighbors
 * @param alpha the maximum ratio of a neighbor's distance from its node to its distance from
 *     another neighbor, at least 1; applies to metrics with distances, see {@link NeighborSelector}
 * @param tinySegmentsThreshold the k for which a graph must pay off: none is built if a search for
 *     k neighbors is expected to visit as many nodes as there are vectors; 0 to always build a
 *     graph
 */
public record GraphParameters(int maxConn, int beamWidth, float alpha, int tinySegmentsThreshold) {

  /** Returns whether a graph pays off for a number of vectors. */
  public boolean worthwhile(int vectors) {
    if (vectors == 0 || tinySegmentsThreshold <= 0) {
      return vectors > 0;
    }
    int visited = HnswGraphSearcher.expectedVisitedNodes(tinySegmentsThreshold, vectors);
    return vectors > visited && visited > 0;
  }
}

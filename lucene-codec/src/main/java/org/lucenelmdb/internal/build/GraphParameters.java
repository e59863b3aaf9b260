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
 * @param alpha how much farther from a node than from each other its neighbors may be, at least 1;
 *     applies to metrics of distances, see {@link NeighborSelector}
 * @param tinySegmentsThreshold no graph is built if a search for this many neighbors is expected to
 *     visit as many nodes as there are vectors; 0 to always build one
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

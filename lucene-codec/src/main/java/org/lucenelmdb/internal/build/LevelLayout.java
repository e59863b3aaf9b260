/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

/**
 * The layout of neighbor lists on a level of a graph under construction.
 *
 * @param maxDegree the number of neighbors that a node may have when the graph is complete
 * @param capacity the number of neighbors that a node may have during the build
 */
record LevelLayout(int maxDegree, int capacity) {

  /**
   * Returns a layout whose capacity is half as large again as the final degree. A full node selects
   * among all its neighbors and drops down to that degree, so the cost of selecting is spread over
   * many additions.
   */
  static LevelLayout of(int maxDegree) {
    return new LevelLayout(maxDegree, maxDegree + Math.max(2, maxDegree / 2) - 1);
  }

  /** Returns the bytes of a neighbor list: [int32] number of neighbors, [int32] each neighbor. */
  long linksBytes() {
    return (1L + capacity) * Integer.BYTES;
  }

  /** Returns the bytes of the scores of a neighbor list: [float32] each score. */
  long scoresBytes() {
    return (long) capacity * Float.BYTES;
  }
}

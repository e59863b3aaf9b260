/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * How many links a graph has of those that it may have.
 *
 * <p>Numbers below are of recall at 10, of 10,000 vectors that are searched by exact scores with a
 * queue of 10, as Lucene does; in brackets, of Lucene's own graph.
 */
enum Density {
  /**
   * A node that has to choose keeps what is diverse, and is content with half of what it may have.
   * A search on codes keeps more candidates than are asked for, and the links take little room.
   */
  SPARSE(2, 0) {
    @Override
    LinkLimits kept(int maxDegree) {
      return LinkLimits.atLeast(maxDegree, maxDegree / 2);
    }
  },

  /**
   * A node that has to choose keeps as many as it may have, as Lucene's does: at most three
   * quarters of them because they are diverse, and the others because they are near. A search by
   * exact scores keeps no more candidates than are asked for. 64 dimensions, independent: 0.50;
   * sparse 0.46 (0.50). 20 clusters: 0.81; sparse 0.74 (0.81).
   */
  FULL(1, 0) {
    @Override
    LinkLimits kept(int maxDegree) {
      return new LinkLimits(maxDegree, maxDegree, maxDegree - maxDegree / 4);
    }
  },

  /**
   * For scores that are not those of distances. A node keeps as many as it may have, half of them
   * because they are the best: a few long vectors are those of every node, and have to know each
   * other. Each of these is less similar to a short vector than to the others, so that a short one
   * would choose only one; it gets {@value #FEW} at least. Lengths that are distributed
   * lognormally: 0.89; sparse 0.82 (0.88). Clusters of different lengths: 0.85; without the {@value
   * #FEW} 0.80, sparse 0.77 (0.81). With 16 instead of {@value #FEW}, lognormal lengths lose 0.02
   * in 384 dimensions.
   */
  INNER_PRODUCT(2, Density.FEW) {
    @Override
    LinkLimits kept(int maxDegree) {
      return new LinkLimits(maxDegree, maxDegree, maxDegree / 2);
    }
  };

  private static final int FEW = 4;

  private final int levelFactor;
  private final int minChosen;

  Density(int levelFactor, int minChosen) {
    this.levelFactor = levelFactor;
    this.minChosen = minChosen;
  }

  /**
   * That of a graph.
   *
   * @param codes whether it is searched on codes
   */
  static Density of(VectorMetric metric, VectorEncoding encoding, boolean codes) {
    if (metric.hasDistances(encoding)) {
      return codes ? SPARSE : FULL;
    }
    return INNER_PRODUCT;
  }

  /** What a new node chooses. */
  LinkLimits chosen(int maxDegree) {
    return LinkLimits.atLeast(maxDegree, minChosen);
  }

  /** What a node keeps of the links that it has been given. */
  abstract LinkLimits kept(int maxDegree);

  /** How many nodes of a level there are for each node of the level above. */
  int nodesPerUpperNode(int maxConn) {
    return levelFactor * maxConn;
  }
}

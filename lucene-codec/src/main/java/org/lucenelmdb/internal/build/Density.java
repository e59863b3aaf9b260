/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The number of neighbors that nodes select, relative to their maximum number of neighbors.
 *
 * <p>The figures below are recall@10 on 10,000 vectors, with exact scores and a beam of 10, which
 * is Lucene's default. The recall with Lucene's own graph is in brackets.
 */
enum Density {
  /**
   * A full node keeps its diverse neighbors, and at least half of its maximum number. For quantized
   * searches, whose beam is wider than the number of results: fewer links suffice, and take less
   * space.
   */
  SPARSE(2, 0) {
    @Override
    LinkLimits kept(int maxDegree) {
      return LinkLimits.atLeast(maxDegree, maxDegree / 2);
    }
  },

  /**
   * A full node keeps its maximum number of neighbors, as in Lucene. Up to three quarters of them
   * are diverse, the others are the nearest. For searches by exact scores, whose beam is no wider
   * than the number of results.
   *
   * <p>64 independent dimensions: 0.50, {@link #SPARSE} 0.46 (0.50). 20 clusters: 0.81, {@link
   * #SPARSE} 0.74 (0.81).
   */
  FULL(1, 0) {
    @Override
    LinkLimits kept(int maxDegree) {
      return new LinkLimits(maxDegree, maxDegree, maxDegree - maxDegree / 4);
    }
  },

  /**
   * A full node keeps its maximum number of neighbors. Up to half of them are diverse, the others
   * have the best scores. For scores that are not functions of a distance. With these, a few long
   * vectors are the best neighbors of all nodes, and must be linked with each other. They are more
   * similar to each other than to a short vector, which would select only one of them as diverse.
   * Therefore new nodes select at least {@value #MIN_SELECTED} neighbors.
   *
   * <p>Lognormal lengths: 0.89, {@link #SPARSE} 0.82 (0.88). Clusters of different lengths: 0.85,
   * without the minimum 0.80, {@link #SPARSE} 0.77 (0.81). A minimum of 16 loses 0.02 on lognormal
   * lengths in 384 dimensions.
   */
  INNER_PRODUCT(2, Density.MIN_SELECTED) {
    @Override
    LinkLimits kept(int maxDegree) {
      return new LinkLimits(maxDegree, maxDegree, maxDegree / 2);
    }
  };

  private static final int MIN_SELECTED = 4;

  private final int levelFactor;
  private final int minSelected;

  Density(int levelFactor, int minSelected) {
    this.levelFactor = levelFactor;
    this.minSelected = minSelected;
  }

  /**
   * Returns the density of a graph.
   *
   * @param codes whether searches of the graph score codes of few bits
   */
  static Density of(VectorMetric metric, VectorEncoding encoding, boolean codes) {
    if (metric.hasDistances(encoding)) {
      return codes ? SPARSE : FULL;
    }
    return INNER_PRODUCT;
  }

  /** Returns the limits of the selection by a new node. */
  LinkLimits selected(int maxDegree) {
    return LinkLimits.atLeast(maxDegree, minSelected);
  }

  /** Returns the limits of the selection by a node whose neighbors exceed its capacity. */
  abstract LinkLimits kept(int maxDegree);

  /** Returns the number of nodes on a level per node of the level above. */
  int nodesPerUpperNode(int maxConn) {
    return levelFactor * maxConn;
  }
}

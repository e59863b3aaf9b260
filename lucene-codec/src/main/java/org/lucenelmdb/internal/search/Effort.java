/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * What a traversal spends.
 *
 * @param efFactor the beam at first, as a multiple of the smallest reasonable one, which is at
 *     least k; without codes, as a multiple of k
 * @param tolerance the share of the results that may be expected among candidates that are not
 *     reranked, more than 0; without a meaning for exact searches
 * @param expandedNodes the number of nodes that are expected to be expanded, as a multiple of k;
 *     infinite if no traversal reaches the recall
 * @param recall the expected recall, from 0 to 1; NaN if it is unknown
 */
public record Effort(double efFactor, double tolerance, double expandedNodes, double recall) {

  /** An effort without expectations. */
  public static Effort of(double efFactor, double tolerance) {
    return new Effort(efFactor, tolerance, Double.NaN, Double.NaN);
  }

  /** Raises the effort to a minimum. */
  Effort atLeast(double minEfFactor, double maxTolerance) {
    double factor = Math.max(1, minEfFactor / efFactor);
    return new Effort(
        Math.max(efFactor, minEfFactor),
        Math.min(tolerance, maxTolerance),
        factor * expandedNodes,
        recall);
  }

  /** Whether no traversal reaches the recall, so that a scan is necessary. */
  boolean isUnreachable() {
    return expandedNodes == Double.POSITIVE_INFINITY;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * The effort of a traversal: its parameters, and the cost and recall expected of them.
 *
 * @param efFactor the initial beam, as a multiple of the smallest reasonable beam, which is at
 *     least k; without codes, as a multiple of k
 * @param tolerance the maximum expected share of results among the candidates that are not
 *     reranked, more than 0; exact searches ignore it
 * @param expandedNodes the expected number of expanded nodes, as a multiple of k; infinite if no
 *     traversal reaches the recall; NaN if it is unknown
 * @param recall the expected recall, from 0 to 1; NaN if it is unknown
 */
public record Effort(double efFactor, double tolerance, double expandedNodes, double recall) {

  /** Returns an effort whose expansions and recall are unknown. */
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

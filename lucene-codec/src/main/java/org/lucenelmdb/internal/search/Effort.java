/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * How hard a traversal tries.
 *
 * @param candidates how many it finds at first, as a multiple of the least that is reasonable: at
 *     least k in the end. Without codes, as a multiple of k
 * @param tolerance the part of k that may be expected to be missed among candidates that are not
 *     reranked, more than 0; without codes, where all are exact, it has no meaning
 * @param expandedNodes how many nodes' links it is expected to read, as a multiple of k; infinite
 *     if the traversal would not do
 * @param recall what it is expected to reach, from 0 to 1; not a number if nobody knows
 */
public record Effort(double candidates, double tolerance, double expandedNodes, double recall) {

  /** Without an expectation. */
  public static Effort of(double candidates, double tolerance) {
    return new Effort(candidates, tolerance, Double.NaN, Double.NaN);
  }

  /** The same, but with no fewer candidates and no more tolerance than some. */
  Effort atLeast(double leastCandidates, double mostTolerance) {
    double factor = Math.max(1, leastCandidates / candidates);
    return new Effort(
        Math.max(candidates, leastCandidates),
        Math.min(tolerance, mostTolerance),
        factor * expandedNodes,
        recall);
  }

  /** Whether the graph does not lead to enough, so that all has to be scanned. */
  boolean isVain() {
    return expandedNodes == Double.POSITIVE_INFINITY;
  }
}

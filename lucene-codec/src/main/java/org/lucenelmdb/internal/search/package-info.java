/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How a query is answered. {@code SegmentSearcher} decides whether candidates are found by codes,
 * or vectors are scored: by an {@code ExactScan}, a {@code ExactTraversal} or Lucene's searchers.
 * On codes, {@code QuantizedSearcher} has a {@code FilterPlanner} choose a strategy by {@code
 * SearchCosts}; {@code QuantizedTraversal} traverses the graph and {@code QuantizedScan} scans;
 * {@code Reranker} scores what they find by its vectors, and its {@code ScoreErrorModel} says which
 * others are worth it. {@code SearchGoal} says how hard to try, by a {@code RecallCurve}; {@code
 * CalibrationSearcher} is for those who make one, and {@code HeldOutNodes} hides the nodes of its
 * queries. {@code AcceptedVectors} is a filter by vectors, {@code NodeFilters} by nodes. Links are
 * read in {@code graph}, codes are compared in {@code codes}, and what is read is checked there.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.search;

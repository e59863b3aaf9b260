/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Search of a field in a segment. A query passes these classes in a straight line:
 *
 * <ol>
 *   <li>The reader validates the query and builds a {@code SearchRequest}.
 *   <li>{@code SegmentSearcher} decides by the {@code CollectorKind} and the number of {@code
 *       MatchingVectors} whether the search is exact or quantized.
 *   <li>{@code ExactSearcher} scores vectors: with an {@code ExactScan}, an {@code ExactTraversal},
 *       or one of Lucene's searchers.
 *   <li>{@code QuantizedSearcher} lends its memory to a {@code QuantizedSearch}. That advances a
 *       {@code QuantizedTraversal} or a {@code QuantizedScan}, which put scored nodes into {@code
 *       Candidates}. It passes the best of them to the {@code Reranker}, which collects their exact
 *       scores. {@code RerankPolicy} learns the errors of codes from these, and {@code
 *       CollectorNeeds} what the collector needs. The search ends when no other candidate is worth
 *       reranking.
 *   <li>A {@code SearchReport} says what was done.
 * </ol>
 *
 * <p>If vectors are excluded by a filter or by deletes, a {@code FilterPlanner} chooses the
 * strategy by {@code SearchCosts}, and the traversal lets it review the choice. {@code NodeFilters}
 * keep the matching nodes of recent filters for scans.
 *
 * <p>{@code SearchGoal} tells the effort of a search, by a {@code RecallCurve}. {@code
 * CalibrationSearcher} is for measuring such curves, and hides {@code HeldOutNodes}. The constants
 * that searches decide by are in {@code SearchHeuristics}.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.search;

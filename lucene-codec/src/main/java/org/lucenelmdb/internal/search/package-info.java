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
 *   <li>{@code QuantizedSearcher} lends its memory to a {@code QuantizedSearch}. The search
 *       advances a {@code QuantizedTraversal} or a {@code QuantizedScan}, which put scored nodes
 *       into {@code Candidates}. It passes the best candidates to the {@code Reranker}, which
 *       collects their exact scores. {@code RerankPolicy} learns the errors of codes from these
 *       scores, and {@code CollectorNeeds} learns which vectors the collector still needs. The
 *       search ends when no other candidate is worth reranking.
 *   <li>The result is a {@code SearchReport}.
 * </ol>
 *
 * <p>If a filter or deletes exclude vectors, a {@code FilterPlanner} chooses the strategy by {@code
 * SearchCosts}, and reviews the choice during the traversal. {@code NodeFilters} caches the
 * matching nodes of recent filters for scans.
 *
 * <p>{@code SearchGoal} derives the effort of a search from a {@code RecallCurve}. {@code
 * CalibrationSearcher} measures such curves, and hides {@code HeldOutNodes}. {@code
 * SearchHeuristics} has the constants behind the decisions of a search.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.search;

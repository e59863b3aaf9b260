/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.search.KnnCollector;
import org.lucenelmdb.internal.graph.GraphGeometry;

/**
 * One quantized search. It advances a traversal or a scan of codes, reranks worthwhile candidates,
 * and stops when no other candidate is expected to be a result. The number of reranked candidates
 * follows from the errors of the codes on this query.
 */
final class QuantizedSearch {

  private final GraphGeometry graph;
  private final SearchCosts costs;
  private final NodeFilters filters;
  private final QuantizedSearcher.Workspace workspace;
  private final Candidates candidates;
  private final VisitCounter visits;
  private final QuantizedTraversal traversal;
  private final RerankPolicy policy;
  private final Reranker reranker;

  private final SearchRequest request;
  private final KnnCollector collector;
  private final CollectorNeeds needs;
  private final MatchingVectors matching;
  private final double initialOversampling;
  private final FilterStrategy forced; // null to choose
  private final FilterPlanner planner; // null if all vectors match
  private final boolean mayScan;
  private final int expectedCount; // the average number of candidates
  private final int ef;

  private SearchGoal goal;
  private Effort effort;
  private boolean isScan;
  private boolean isCompleted; // whether a traversal was followed by a scan of unvisited nodes
  private SearchReport.End end = SearchReport.End.CANDIDATES;
  private int exactVisits;
  private int countedExactVisits;

  // the last choice of candidates
  private int worthwhileCount;
  private long nextEntry;

  /**
   * @param needs the needs of the request's collector
   * @param forced the strategy; null to choose
   */
  QuantizedSearch(
      QuantizedSearcher searcher,
      QuantizedSearcher.Workspace workspace,
      SearchRequest request,
      CollectorNeeds needs,
      MatchingVectors matching,
      FilterStrategy forced) {
    this.graph = searcher.graph;
    this.costs = searcher.costs;
    this.filters = searcher.filters;
    this.initialOversampling = searcher.codes.initialOversampling();
    this.workspace = workspace;
    this.candidates = workspace.candidates;
    this.visits = workspace.visits;
    this.traversal = workspace.traversal;
    this.policy = workspace.policy;
    this.reranker = workspace.reranker;
    this.request = request;
    this.collector = request.collector();
    this.needs = needs;
    this.matching = matching;
    this.forced = forced;
    this.goal = request.goal();
    // to find k matching nodes, a post-filtered traversal has to reach k / selectivity nodes
    double met = request.k() * ((double) graph.size() / matching.count());
    this.effort = goal.quantizedEffort(met, matching.isFiltered());
    this.ef = ef(effort);
    double expanded = goal.isAdaptive() ? request.k() * effort.expandedNodes() : ef;
    this.expectedCount = expanded >= 1 ? (int) Math.min(graph.size(), Math.ceil(expanded)) : ef;
    this.mayScan = VisitCounter.allows(matching.count(), collector);
    this.planner = matching.isFiltered() ? planner() : null;
  }

  private FilterPlanner planner() {
    return new FilterPlanner(
        costs,
        graph.size(),
        matching.count(),
        matching::exactCount,
        expectedCount,
        mayScan,
        forced);
  }

  private int ef(Effort of) {
    double count = goal.ef(request.k(), initialOversampling, of, matching.hasQueryFilter());
    return (int) Math.min(graph.size(), count);
  }

  SearchReport run() throws IOException {
    begin();
    boolean startsWithScan = isScanFirst();
    boolean needsScan = startsWithScan || traverse();
    if (needsScan) {
      isScan = true;
      scan();
    }
    SearchReport report = report(startsWithScan == false);
    finish();
    return report;
  }

  private void begin() {
    workspace.codes.setTarget(request.target());
    DiskReads.begin(reranker.reads(), workspace.codes.reads());
    candidates.begin(matching.ords());
    visits.begin(collector);
    traversal.begin(collector, matching, planner, goal.heldOut());
    if (request.observer() != null) {
      traversal.observe(request.observer());
      workspace.scan.observe(request.observer());
    }
    policy.begin(effort.tolerance());
    if (matching.isFiltered() && goal.isDefault()) {
      policy.setTolerance(effort.tolerance());
    }
    reranker.begin(request.values(), request.exact(), needs);
  }

  private boolean isScanFirst() {
    if (planner != null) {
      return planner.strategy() == FilterStrategy.EXHAUSTIVE;
    }
    if (forced != null) {
      return forced == FilterStrategy.EXHAUSTIVE;
    }
    return mayScan && costs.isScanCheaper(graph.size(), expectedCount);
  }

  private SearchReport report(boolean isTraversed) throws IOException {
    int reranked = reranker.end(workspace.codes);
    collector.incVisitedCount((int) Math.min(Integer.MAX_VALUE, visits.counted()));
    long estimatedVisits =
        planner != null
            ? planner.estimatedVisits()
            : isTraversed ? costs.traversalVisits(expectedCount) : graph.size();
    return new SearchReport(
        true,
        graph.size(),
        matching.count(),
        ef,
        planner == null ? List.of() : planner.strategies(),
        estimatedVisits,
        visits.total() + countedExactVisits,
        traversal.expandedNodes(),
        traversal.isSeeded(),
        reranked + exactVisits,
        end,
        expectedRecall(),
        DiskReads.of(reranker.reads(), workspace.codes.reads()));
  }

  private double expectedRecall() {
    return switch (end) {
      case COMPLETE -> 1;
      case TARGET -> isScan || isCompleted ? 1 - policy.expectedMisses() : effort.recall();
      case CANDIDATES, LIMIT, STOPPED -> Double.NaN;
    };
  }

  private void finish() {
    candidates.end();
    traversal.end();
    workspace.scan.observe(null);
  }

  /** Returns whether the collector terminates the search, and records why. */
  private boolean isStopped() {
    if (collector.earlyTerminated() == false) {
      return false;
    }
    end = visits.isExhausted() ? SearchReport.End.LIMIT : SearchReport.End.ofStopped(collector);
    return true;
  }

  /**
   * Returns whether more than the first candidates are reranked. If the collector turns out to keep
   * other vectors than the best k, a fixed number of candidates does not serve it, and the search
   * changes to the default goal.
   */
  private boolean isAdaptive() {
    if (goal.isAdaptive() == false && needs.isTopK() == false) {
      goal = SearchGoal.byDefault(RecallCurve.USUAL_ON_CODES);
      effort = goal.quantizedEffort(request.k(), matching.isFiltered());
      policy.setTolerance(effort.tolerance());
    }
    return goal.isAdaptive();
  }

  /**
   * Traverses the graph and reranks candidates.
   *
   * @return whether a scan has to follow
   */
  private boolean traverse() throws IOException {
    int wanted = ef;
    if (planner != null && planner.strategy() == FilterStrategy.FILTERED) {
      wanted = planner.filteredEf(ef(goal.quantizedEffort(request.k(), true)));
    }
    QuantizedTraversal.End traversed = traversal.traverse(wanted);
    if (traversed == QuantizedTraversal.End.SWITCHED_TO_SCAN) {
      return true;
    }
    boolean needsScan = completeTraversal(traversed, wanted);
    if (needsScan) {
      return true;
    }
    if (isNearestExcluded()) {
      policy.setTolerance(Math.min(effort.tolerance(), goal.excludedNearestTolerance()));
    }
    rerankTaken();
    while (isStopped() == false && isAdaptive()) {
      if (selectWorthwhile(added()) == false && selectReached() == false) {
        end = SearchReport.End.TARGET;
        return false;
      }
      if (isScanCheaper(expectedExpansions())) {
        addScan();
        return true;
      }
      if (traversal.extend(nextEntry) == QuantizedTraversal.End.SWITCHED_TO_SCAN) {
        return true;
      }
      rerankTaken();
    }
    return false;
  }

  /**
   * Handles a traversal that has found too few candidates: scans the nodes that it did not visit,
   * up to the visit limit, unless a scan of all matching nodes is possible.
   *
   * @return whether a scan of all matching nodes has to follow
   */
  private boolean completeTraversal(QuantizedTraversal.End traversed, int wanted)
      throws IOException {
    int found = candidates.taken.size();
    boolean mayScanAll = VisitCounter.allows(matching.count(), collector);
    if (traversed == QuantizedTraversal.End.EXHAUSTED
        && found < Math.min(wanted, matching.count())
        && collector.earlyTerminated() == false) { // the matching nodes are not connected
      addScan();
      if (mayScanAll) {
        return true;
      }
      // a scan of all nodes up to the limit would find worse candidates than the traversal did
      traversal.completeWith(workspace.scan, nodes());
      isCompleted = true;
    } else if (traversed == QuantizedTraversal.End.STOPPED
        && found < Math.min(request.k(), matching.count())
        && visits.isExhausted()
        && mayScanAll) {
      addScan();
      return true;
    }
    return false;
  }

  private void addScan() {
    if (planner != null) {
      planner.addScan();
    }
  }

  private boolean isScanCheaper(int expandedNodes) {
    return forced == null
        && mayScan
        && costs.scan(matching.count(), expectedCount) < costs.postFiltered(expandedNodes);
  }

  private void rerankTaken() throws IOException {
    reranker.rerank(candidates.taken.array(), candidates.taken.size());
  }

  /**
   * Selects the candidates that are worth reranking by setting {@link #nextEntry} to the last of
   * them.
   *
   * @param limit the maximum number of candidates
   * @return whether any candidate is worth reranking
   */
  private boolean selectWorthwhile(int limit) throws IOException {
    double minSimilarity = reranker.minSimilarity();
    ScoredNodeList remaining = candidates.remaining(policy.minScore(minSimilarity));
    double unseenFactor = isScan ? 1 : SearchHeuristics.UNSEEN_BY_TRAVERSAL;
    worthwhileCount =
        policy.worthwhile(remaining, minSimilarity, needs.resultCount(), unseenFactor);
    if (worthwhileCount == 0) {
      return false;
    }
    nextEntry = remaining.largest(Math.min(worthwhileCount, Math.max(1, limit)));
    return true;
  }

  /**
   * Selects candidates for a collector that needs more than the best k vectors, by setting {@link
   * #nextEntry}. The traversal has to be as long as one that searches for the number of vectors
   * that the collector needs.
   *
   * @return whether candidates were selected; false if the traversal is long enough or nothing is
   *     left
   */
  private boolean selectReached() throws IOException {
    int reach = needs.reach();
    if (reach <= request.k()) {
      return false;
    }
    Effort ofReach = goal.quantizedEffort(reach, matching.isFiltered());
    double wanted = goal.ef(reach, initialOversampling, ofReach, false);
    int missing = (int) Math.min(graph.size(), wanted) - reranker.count();
    if (missing <= 0) {
      return false;
    }
    ScoredNodeList remaining = candidates.remaining(Double.NEGATIVE_INFINITY);
    if (remaining.size() == 0) {
      return false;
    }
    nextEntry = remaining.largest(Math.min(remaining.size(), missing));
    return true;
  }

  /** Returns whether significantly fewer nodes match near the query than elsewhere. */
  private boolean isNearestExcluded() {
    double selectivity = (double) matching.count() / graph.size();
    double predicted = traversal.expandedNodes() * selectivity;
    double deviation = Math.sqrt(predicted * (1 - selectivity));
    double max =
        Math.min(
            SearchHeuristics.EXCLUDED_SHARE * predicted,
            predicted - SearchHeuristics.EXCLUDED_DEVIATIONS * deviation);
    return matching.isFiltered() && traversal.matchingExpandedNodes() < max;
  }

  /**
   * Estimates the expansions of the next extension from the previous expansions and the number of
   * worthwhile candidates.
   */
  private int expectedExpansions() {
    int left = reranker.count() < SearchHeuristics.MIN_PREDICTIVE_COUNT ? 0 : worthwhileCount / 2;
    return Math.max(traversal.expandedNodes(), left);
  }

  private int added() {
    return Math.max(SearchHeuristics.MIN_ADDED, (int) (SearchHeuristics.GROWTH * reranker.count()));
  }

  /**
   * Scans the codes of the matching nodes, and reranks candidates that were not reranked before.
   */
  private void scan() throws IOException {
    boolean isTraversed = traversal.expandedNodes() > 0;
    int least =
        isTraversed && goal.isAdaptive() ? SearchHeuristics.MIN_RERANK_COUNT_AFTER_TRAVERSAL : 0;
    double first =
        goal.scanRerankCount(request.k(), initialOversampling, matching.hasQueryFilter());
    int wanted =
        Math.max(
            (int) Math.min(graph.size(), first),
            Math.min(matching.count(), Math.max(least, reranker.count())));
    double vectorsCost = costs.vectorsScan(matching.count());
    if (goal.isAdaptive()
        && vectorsCost < costs.codesScan(matching.count()) + costs.rerank(wanted)) {
      scanVectors(true);
      return;
    }
    policy.setTolerance(goal.scanTolerance());
    workspace.scan.scanAll(wanted, collector, nodes());
    rerankNew();
    while (isStopped() == false && isAdaptive()) {
      double minScore = policy.minScore(reranker.minSimilarity());
      if (workspace.scan.isDropped(minScore)) {
        workspace.scan.lowerFloor((float) minScore, collector, nodes());
      }
      int limit =
          SearchHeuristics.SCAN_GROWTH * Math.max(SearchHeuristics.MIN_ADDED, reranker.count());
      if (selectWorthwhile(limit) == false) {
        end = SearchReport.End.TARGET;
        return;
      }
      if (VisitCounter.allows(matching.count(), collector)
          && vectorsCost < costs.rerank(Math.min(limit, worthwhileCount))) {
        scanVectors(false);
        return;
      }
      candidates.takeEvicted(nextEntry);
      rerankNew();
    }
  }

  /**
   * Reranks the taken candidates, except those that were reranked during a traversal before the
   * scan.
   */
  private void rerankNew() throws IOException {
    ScoredNodeList taken = candidates.taken;
    if (traversal.expandedNodes() > 0) {
      int kept = 0;
      for (int i = 0; i < taken.size(); i++) {
        if (reranker.isDone(taken.get(i)) == false) {
          taken.set(kept++, taken.get(i));
        }
      }
      taken.truncate(kept);
    }
    rerankTaken();
  }

  /**
   * Scores all matching vectors that were not reranked.
   *
   * @param isCounted whether the vectors count as visits; false if their codes were counted
   */
  private void scanVectors(boolean isCounted) throws IOException {
    if (isCounted) {
      visits.restart(collector);
    }
    if (request.observer() != null) {
      request.observer().onScan();
    }
    int[] done = reranker.sortedOrds();
    int count = reranker.count();
    Batches others = matching.batches().retain(ord -> Arrays.binarySearch(done, 0, count, ord) < 0);
    exactVisits += ExactScan.scan(request.exact(), others, collector, isCounted);
    countedExactVisits = isCounted ? exactVisits : 0;
    end = SearchReport.End.COMPLETE;
    isStopped();
  }

  private Batches nodes() throws IOException {
    return filters.nodes(matching, workspace.order);
  }
}

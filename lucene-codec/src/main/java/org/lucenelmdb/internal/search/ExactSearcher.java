/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.OrdinalTranslatedKnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.codes.CodeCosts;

/**
 * Searches by exact scores: scans the vectors, or traverses the graph with an {@link
 * ExactTraversal} or one of Lucene's searchers. Thread-safe.
 */
final class ExactSearcher {

  private final SegmentSearcher.GraphSource graph;
  private final ExactTraversal traversal; // null if the field has codes or no graph

  ExactSearcher(SegmentSearcher.GraphSource graph, ExactTraversal traversal) {
    this.graph = graph;
    this.traversal = traversal;
  }

  long ramBytesUsed() {
    return traversal == null ? 0 : traversal.ramBytesUsed();
  }

  /** Scores all matching vectors. */
  SearchReport scan(SearchRequest request, MatchingVectors matching) throws IOException {
    return scan(request, matching, request.k());
  }

  private static SearchReport scan(SearchRequest request, MatchingVectors matching, int ef)
      throws IOException {
    long before = request.collector().visitedCount();
    observeScan(request);
    ExactScan.scan(request.exact(), matching.batches(), request.collector(), true);
    return report(
        request,
        matching,
        ef,
        List.of(FilterStrategy.EXHAUSTIVE),
        before,
        0,
        SearchReport.End.COMPLETE,
        1);
  }

  /**
   * Scans or traverses, whichever is expected to cost less.
   *
   * @param kind the kind of the collector
   * @param forced the strategy; null to choose
   */
  SearchReport search(
      SearchRequest request, CollectorKind kind, MatchingVectors matching, FilterStrategy forced)
      throws IOException {
    KnnCollector collector = request.collector();
    int size = request.size();
    Effort effort = null;
    int ef = collector.k();
    if (kind.isTopK()) {
      double neighbors = collector.k() * ((double) size / Math.max(1, matching.count()));
      effort = request.goal().exactEffort(neighbors);
      double wanted = Math.min(size, Math.ceil(collector.k() * effort.efFactor()));
      ef = (int) Math.max(Math.min(size, collector.k() + 1), wanted);
    }
    FilterStrategy strategy = strategy(request, kind, matching, forced, effort, ef);
    if (strategy == FilterStrategy.EXHAUSTIVE || request.areScoresEqual()) {
      return scan(request, matching, ef);
    }
    boolean isOwn = // only Lucene's searcher supports seeds, and filtered traversals of vectors
        strategy == FilterStrategy.POST_FILTERED
            && kind.isTopK()
            && traversal != null
            && collector.getSearchStrategy() instanceof KnnSearchStrategy.Seeded == false;
    HnswGraph opened = isOwn ? HnswGraph.EMPTY : graph.open();
    if (opened.size() == 0 && isOwn == false) {
      return scan(request, matching, ef);
    }
    long before = collector.visitedCount();
    if (kind.isTopK() == false) {
      observeTraversal(request, ef);
      traverse(observed(opened, request), request.exact(), collector, matching);
      return report(
          request,
          matching,
          ef,
          List.of(strategy),
          before,
          0,
          SearchReport.End.CANDIDATES,
          Double.NaN);
    }
    RandomVectorScorer exact = request.exact();
    BufferedCollector buffer =
        new BufferedCollector(collector, ef, luceneStrategy(collector, strategy));
    int expandedNodes = 0;
    if (isOwn) {
      expandedNodes =
          traversal.search(
              exact, buffer, matching.ords(), ef, request.goal().heldOut(), request.observer());
    } else {
      observeTraversal(request, ef);
      traverse(observed(opened, request), exact, buffer, matching);
    }
    int found = buffer.numCollected();
    Set<Integer> docs = buffer.passTo(collector);
    if (found < Math.min(collector.k(), matching.count())
        && collector.earlyTerminated() == false) { // the matching nodes are not connected
      Batches others =
          matching.batches().retain(ord -> docs.contains(exact.ordToDoc(ord)) == false);
      observeScan(request);
      ExactScan.scan(exact, others, collector, true);
      return report(
          request,
          matching,
          ef,
          List.of(strategy, FilterStrategy.EXHAUSTIVE),
          before,
          expandedNodes,
          SearchReport.End.COMPLETE,
          1);
    }
    if (collector instanceof ObservedCollector observed
        && observed.isTopK() == false
        && collector.earlyTerminated() == false) {
      traverseForOthers(collector, docs, exact, matching);
    }
    SearchReport.End end =
        isOwn && request.goal().isAdaptive()
            ? SearchReport.End.TARGET
            : SearchReport.End.CANDIDATES;
    double recall = end == SearchReport.End.TARGET ? effort.recall() : Double.NaN;
    return report(request, matching, ef, List.of(strategy), before, expandedNodes, end, recall);
  }

  private static FilterStrategy strategy(
      SearchRequest request,
      CollectorKind kind,
      MatchingVectors matching,
      FilterStrategy forced,
      Effort effort,
      int ef) {
    if (forced == FilterStrategy.EXHAUSTIVE || forced != null && kind.isTopK()) {
      return forced;
    }
    if (effort != null && effort.isUnreachable()) {
      return FilterStrategy.EXHAUSTIVE;
    }
    return cheapest(request.collector(), ef, request.values(), matching);
  }

  private static FilterStrategy cheapest(
      KnnCollector collector, int ef, KnnVectorValues values, MatchingVectors matching) {
    int size = values.size();
    int count = matching.count();
    double selectivity = (double) count / size;
    CodeCosts costs = CodeCosts.of(values);
    if (SegmentSearcher.isWorthwhile(ef, size, (int) (selectivity * count)) == false
        || matching.isFiltered() && costs.exactScan(count) < costs.filteredTraversal(ef)) {
      return FilterStrategy.EXHAUSTIVE;
    }
    return CollectorKind.original(collector.getSearchStrategy())
                instanceof KnnSearchStrategy.Hnsw hnsw
            && hnsw.useFilteredSearch((float) selectivity)
        ? FilterStrategy.FILTERED
        : FilterStrategy.POST_FILTERED;
  }

  /**
   * Returns the strategy that makes Lucene use its filtered searcher for {@link
   * FilterStrategy#FILTERED} and its plain searcher otherwise. Seeds are kept.
   */
  private static KnnSearchStrategy luceneStrategy(KnnCollector collector, FilterStrategy strategy) {
    int threshold = strategy == FilterStrategy.FILTERED ? 100 : 0;
    KnnSearchStrategy hnsw = new KnnSearchStrategy.Hnsw(threshold);
    return collector.getSearchStrategy() instanceof KnnSearchStrategy.Seeded seeded
        ? new KnnSearchStrategy.Seeded(seeded.entryPoints(), seeded.numberOfEntryPoints(), hnsw)
        : hnsw;
  }

  private static void observeScan(SearchRequest request) {
    if (request.observer() != null) {
      request.observer().onScan();
    }
  }

  private static void observeTraversal(SearchRequest request, int ef) {
    if (request.observer() != null) {
      request.observer().onTraversal(ef);
    }
  }

  private static HnswGraph observed(HnswGraph graph, SearchRequest request) {
    return request.observer() == null ? graph : new ObservedGraph(graph, request.observer());
  }

  private static void traverse(
      HnswGraph graph, RandomVectorScorer exact, KnnCollector collector, MatchingVectors matching)
      throws IOException {
    HnswGraphSearcher.search(
        exact,
        new OrdinalTranslatedKnnCollector(collector, exact::ordToDoc),
        graph,
        matching.ords(),
        matching.count());
  }

  /**
   * Repeats the traversal for a collector that turned out to keep other vectors than the best k: it
   * has to see all vectors that its own traversal visits, except those that it has already seen.
   */
  private void traverseForOthers(
      KnnCollector collector, Set<Integer> docs, RandomVectorScorer exact, MatchingVectors matching)
      throws IOException {
    KnnCollector others =
        new KnnCollector.Decorator(collector) {
          @Override
          public boolean collect(int doc, float score) {
            return docs.contains(doc) == false && super.collect(doc, score);
          }
        };
    traverse(graph.open(), exact, others, matching);
  }

  private static SearchReport report(
      SearchRequest request,
      MatchingVectors matching,
      int ef,
      List<FilterStrategy> strategies,
      long visitsBefore,
      int expandedNodes,
      SearchReport.End end,
      double expectedRecall) {
    KnnCollector collector = request.collector();
    boolean isStopped = collector.earlyTerminated();
    long visits = collector.visitedCount() - visitsBefore;
    int size = request.size();
    return new SearchReport(
        false,
        size,
        matching.count(),
        ef,
        matching.isFiltered() ? strategies : List.of(),
        strategies.get(0) == FilterStrategy.EXHAUSTIVE
            ? matching.count()
            : SegmentSearcher.expectedVisits(ef, size),
        visits,
        expandedNodes,
        false,
        (int) Math.min(size, visits),
        isStopped ? SearchReport.End.ofStopped(collector) : end,
        isStopped ? Double.NaN : expectedRecall,
        DiskReads.NONE);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.OrdinalTranslatedKnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.codes.CodeCosts;

/**
 * Answers a query by a walk through the graph, on codes where that makes no difference to who asks,
 * or by a scan where that is expected to cost less.
 */
public final class SegmentSearcher {

  /** Codes of fewer times the first candidates would take longer than the vectors. */
  private static final int EXACTLY = 3;

  /** As many vectors are scored before a query is quantized and compared with centroids. */
  private static final int FEW = 100;

  private SegmentSearcher() {}

  /** Opens a graph of ordinals, for Lucene's searchers. */
  @FunctionalInterface
  public interface GraphSource {
    /** The graph; empty if the field has none. */
    HnswGraph open() throws IOException;
  }

  /**
   * A search on codes.
   *
   * @param target the query, also if the vectors are bytes
   * @param values the vectors
   */
  public record OnCodes(
      QuantizedSearcher codes, float[] target, KnnVectorValues values, SearchGoal goal) {}

  /**
   * Collects the documents of the nearest vectors.
   *
   * @param onCodes null if the field has no codes
   * @param traversal of the graph; null if the field has none, or codes
   * @param values the vectors, at least one
   * @param exact scores them
   * @param goal what is to be achieved; that of {@code onCodes} if it is not null
   * @param strategy for filters; null to choose
   * @param given gets the documents
   * @return what was done
   */
  public static SearchReport search(
      GraphSource graph,
      OnCodes onCodes,
      ExactTraversal traversal,
      KnnVectorValues values,
      RandomVectorScorer exact,
      SearchGoal goal,
      FilterStrategy strategy,
      KnnCollector given,
      AcceptDocs acceptDocs)
      throws IOException {
    KnnCollector collector = Collectors.withThreshold(given);
    AcceptedVectors accepted = new AcceptedVectors(acceptDocs, values, exact);
    int size = values.size();
    boolean keepsBestOnly = Collectors.keepsBestOnly(collector);
    FilterStrategy forced = accepted.isCallersFilter() && accepted.count() > 0 ? strategy : null;
    FilterStrategy plan;
    Effort effort = null; // of a traversal without codes
    int candidates = collector.k();
    boolean isAnsweredByCodes = // a fixed number of candidates would cut others' results off
        keepsBestOnly
            || goal.isAdaptive()
                && (Collectors.keepsBestOfParents(collector)
                    || collector instanceof ThresholdCollector);
    if (onCodes != null && isAnsweredByCodes) {
      int first = onCodes.codes.scanCandidates(goal, collector.k(), accepted.isCallersFilter());
      if (isWorthwhile(first, size, size)
          && (accepted.count() > Math.max(FEW, (long) EXACTLY * first) || forced != null)) {
        return onCodes.codes.search(onCodes, forced, exact, collector, accepted);
      }
      plan = FilterStrategy.EXHAUSTIVE;
    } else {
      if (keepsBestOnly) {
        effort = goal.onVectors(collector.k() * ((double) size / Math.max(1, accepted.count())));
        double most = Math.min(size, Math.ceil(collector.k() * effort.candidates()));
        candidates = (int) Math.max(Math.min(size, collector.k() + 1), most);
      }
      if (forced == FilterStrategy.EXHAUSTIVE || forced != null && keepsBestOnly) {
        plan = forced;
      } else if (effort != null && effort.isVain()) {
        plan = FilterStrategy.EXHAUSTIVE;
      } else {
        plan = plan(collector, candidates, values, accepted);
      }
    }
    boolean isOwn = // Lucene's searcher knows seeds, and traversals in two expandedNodes
        plan == FilterStrategy.POST_FILTERED
            && keepsBestOnly
            && traversal != null
            && collector.getSearchStrategy() instanceof KnnSearchStrategy.Seeded == false;
    HnswGraph opened = plan == FilterStrategy.EXHAUSTIVE || isOwn ? HnswGraph.EMPTY : graph.open();
    if (opened.size() == 0 && isOwn == false) {
      plan = FilterStrategy.EXHAUSTIVE;
    }
    long before = collector.visitedCount();
    List<FilterStrategy> strategies = List.of(plan);
    int expandedNodes = 0;
    SearchReport.End end = SearchReport.End.CANDIDATES;
    if (plan == FilterStrategy.EXHAUSTIVE) {
      ExactScan.scan(exact, accepted.batches(), collector, true);
      end = SearchReport.End.COMPLETE;
    } else if (keepsBestOnly == false) {
      walk(opened, exact, collector, accepted);
    } else {
      BufferedCollector buffer =
          new BufferedCollector(collector, candidates, strategy(collector, plan));
      if (isOwn) {
        expandedNodes = traversal.search(exact, buffer, accepted.ords(), candidates, goal.hidden());
        end = goal.isAdaptive() ? SearchReport.End.TARGET : SearchReport.End.CANDIDATES;
      } else {
        walk(opened, exact, buffer, accepted);
      }
      int found = buffer.numCollected();
      Set<Integer> docs = buffer.passTo(collector);
      if (found < Math.min(collector.k(), accepted.count())
          && collector.earlyTerminated() == false) { // what is accepted is not connected
        strategies = List.of(plan, FilterStrategy.EXHAUSTIVE);
        end = SearchReport.End.COMPLETE;
        ExactScan.scan(
            exact,
            accepted.batches().retain(ord -> docs.contains(exact.ordToDoc(ord)) == false),
            collector,
            true);
      }
    }
    if (collector.earlyTerminated()) {
      boolean isLimit = collector.visitedCount() >= collector.visitLimit();
      end = isLimit ? SearchReport.End.LIMIT : SearchReport.End.STOPPED;
    }
    double recall =
        switch (end) {
          case COMPLETE -> 1;
          case TARGET -> effort.recall();
          case CANDIDATES, LIMIT, STOPPED -> Double.NaN;
        };
    long visits = collector.visitedCount() - before;
    return new SearchReport(
        false,
        size,
        accepted.count(),
        candidates,
        strategies,
        plan == FilterStrategy.EXHAUSTIVE ? accepted.count() : expectedVisits(candidates, size),
        visits,
        expandedNodes,
        false,
        (int) Math.min(size, visits),
        end,
        recall);
  }

  /** Whether a walk is expected to score fewer vectors than a scan. */
  private static boolean isWorthwhile(int neighbors, int size, int accepted) {
    return neighbors < size && expectedVisits(neighbors, size) < accepted;
  }

  private static int expectedVisits(int neighbors, int size) {
    return HnswGraphSearcher.expectedVisitedNodes(neighbors, size);
  }

  /** What a search on exact scores does, which has Lucene's walks. */
  private static FilterStrategy plan(
      KnnCollector collector, int candidates, KnnVectorValues values, AcceptedVectors accepted) {
    int size = values.size();
    int count = accepted.count();
    double part = (double) count / size;
    CodeCosts costs = CodeCosts.of(values);
    if (isWorthwhile(candidates, size, (int) (part * count)) == false
        || accepted.isFilter() && costs.exactScan(count) < costs.filteredTraversal(candidates)) {
      return FilterStrategy.EXHAUSTIVE;
    }
    KnnSearchStrategy original = original(collector.getSearchStrategy());
    return original instanceof KnnSearchStrategy.Hnsw hnsw && hnsw.useFilteredSearch((float) part)
        ? FilterStrategy.FILTERED
        : FilterStrategy.POST_FILTERED;
  }

  private static KnnSearchStrategy original(KnnSearchStrategy strategy) {
    return strategy instanceof KnnSearchStrategy.Seeded seeded
        ? seeded.originalStrategy()
        : strategy;
  }

  /** What makes Lucene take one of its walks. */
  private static KnnSearchStrategy strategy(KnnCollector collector, FilterStrategy plan) {
    KnnSearchStrategy hnsw = new KnnSearchStrategy.Hnsw(plan == FilterStrategy.FILTERED ? 100 : 0);
    return collector.getSearchStrategy() instanceof KnnSearchStrategy.Seeded seeded
        ? new KnnSearchStrategy.Seeded(seeded.entryPoints(), seeded.numberOfEntryPoints(), hnsw)
        : hnsw;
  }

  private static void walk(
      HnswGraph graph, RandomVectorScorer exact, KnnCollector collector, AcceptedVectors accepted)
      throws IOException {
    HnswGraphSearcher.search(
        exact,
        new OrdinalTranslatedKnnCollector(collector, exact::ordToDoc),
        graph,
        accepted.ords(),
        accepted.count());
  }
}

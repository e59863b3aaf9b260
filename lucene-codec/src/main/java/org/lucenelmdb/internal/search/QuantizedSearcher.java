/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/**
 * Finds candidates by codes, and answers with the exact scores of the best of them. How many are
 * reranked follows from the errors that codes show on the query: a traversal is extended, or a scan
 * goes on, until the rest is unlikely to matter. Thread-safe: what a search needs is taken from a
 * pool, and returned to it.
 */
public final class QuantizedSearcher {

  /** Searches whose memory is kept for others: of more than that at once, some allocate anew. */
  private static final int MAX_POOLED = 4;

  /** Where a traversal would have taken longer, a scan finds at least so many candidates. */
  private static final int AFTER_TRAVERSAL = 256;

  /** After a scan, so many times as many are added, as no traversal has to be extended for them. */
  private static final int SCAN_GROWTH = 3;

  /**
   * Fewer candidates may not tell how many more are worth it: their codes are so much alike that
   * any other might be.
   */
  private static final int TELLING = 64;

  /** If so small a part of what should be accepted is accepted, what is nearest is rejected. */
  private static final double REJECTED = 0.9;

  /** But so many standard deviations fewer may be accepted by chance. */
  private static final double MAX_CHANCE = 2.5;

  /** At least so many candidates are added at once. */
  private static final int MIN_ADDED = 12;

  /** The candidates that are added at once, as a part of those that there are. */
  private static final double GROWTH = 0.7;

  private final GraphGeometry graph;
  private final Codes codes;
  private final IndexInput image;
  private final int pageSize;
  private final IndexInput meta;
  private final VectorPrefetch prefetch;
  private final SearchCosts costs;
  private final NodeFilters filters = new NodeFilters();
  private final BlockingQueue<Scratch> pool =
      new ArrayBlockingQueue<>(Math.min(MAX_POOLED, Runtime.getRuntime().availableProcessors()));

  /** What one search needs. */
  private record Scratch(QuantizedTraversal candidates, Reranker reranker) {}

  /**
   * @param vectors the raw vectors
   * @param image the image as a slice of its file
   * @param pageSize of the image
   * @param meta the metadata file
   */
  public QuantizedSearcher(
      GraphGeometry graph,
      Codes codes,
      VectorBlocks vectors,
      IndexInput image,
      int pageSize,
      IndexInput meta)
      throws IOException {
    this.graph = graph;
    this.codes = codes;
    this.image = image;
    this.pageSize = pageSize;
    this.meta = meta;
    this.costs =
        new SearchCosts(graph, codes.model(), new CodeCosts(graph.size(), vectors.vectorBytes()));
    this.prefetch =
        new VectorPrefetch(
            vectors, OffHeapBytes.of(image.randomAccessSlice(0, image.length()), image.length()));
  }

  /** The heap that searches which are over have left for others. */
  public long ramBytesUsed() {
    long bytes = filters.ramBytesUsed();
    for (Scratch scratch : pool) {
      bytes += scratch.candidates.ramBytesUsed() + scratch.reranker.ramBytesUsed();
    }
    return bytes;
  }

  /** How many candidates a scan finds at first. */
  int scanCandidates(SearchGoal goal, int k, boolean isFiltered) {
    double candidates = goal.scanCandidates(k, codes.initialOversampling(), isFiltered);
    return (int) Math.min(graph.size(), candidates);
  }

  private Scratch open() throws IOException {
    QuantizedTraversal candidates =
        new QuantizedTraversal(
            graph,
            new LinksInput(graph, image, pageSize, meta),
            codes.scorer(image),
            codes.order(image, meta));
    return new Scratch(candidates, new Reranker(candidates, prefetch, codes.model().metric()));
  }

  /**
   * Collects the nearest vectors.
   *
   * @param forced null to choose
   * @param exact scores the vectors
   * @param collector gets no score but exact ones
   * @param accepted which vectors may be collected; at least one if it knows
   */
  SearchReport search(
      SegmentSearcher.OnCodes query,
      FilterStrategy forced,
      RandomVectorScorer exact,
      KnnCollector collector,
      AcceptedVectors accepted)
      throws IOException {
    Scratch scratch = pool.poll();
    if (scratch == null) {
      scratch = open();
    }
    Run run = new Run(scratch, query, exact, collector, accepted, forced);
    SearchReport report = run.search();
    pool.offer(scratch); // not if something was thrown
    return report;
  }

  /** One search. */
  private final class Run {
    private final QuantizedTraversal candidates;
    private final Reranker reranker;
    private final SegmentSearcher.OnCodes query;
    private final RandomVectorScorer exact;
    private final KnnCollector collector;
    private final AcceptedVectors accepted;
    private final FilterPlanner plan;
    private final boolean keepsBestOnly;
    private final Effort effort;
    private final int first;
    private SearchReport.End end = SearchReport.End.CANDIDATES;
    private int exactVisits;
    private int scannedVectors; // those of exactVisits that count as visited

    Run(
        Scratch scratch,
        SegmentSearcher.OnCodes query,
        RandomVectorScorer exact,
        KnnCollector collector,
        AcceptedVectors accepted,
        FilterStrategy forced)
        throws IOException {
      this.candidates = scratch.candidates;
      this.reranker = scratch.reranker;
      this.query = query;
      this.exact = exact;
      this.collector = collector;
      this.accepted = accepted;
      this.keepsBestOnly = Collectors.keepsBestOnly(collector);
      // a sweep meets the nearest k / selectivity, to find k of them accepted
      double met = collector.k() * ((double) graph.size() / accepted.count());
      this.effort = query.goal().onCodes(met, accepted.ords() != null);
      this.first = first(effort);
      double expandedNodes =
          query.goal().isAdaptive() ? collector.k() * effort.expandedNodes() : first;
      int expected =
          expandedNodes >= 1 ? (int) Math.min(graph.size(), Math.ceil(expandedNodes)) : first;
      boolean canScan = accepted.count() <= collector.visitLimit() - collector.visitedCount();
      this.plan =
          new FilterPlanner(
              costs,
              graph.size(),
              accepted.count(),
              accepted::exactCount,
              expected,
              canScan,
              forced);
    }

    private int first(Effort of) {
      SearchGoal goal = query.goal();
      boolean isFiltered = accepted.isCallersFilter();
      double found = goal.candidates(collector.k(), codes.initialOversampling(), of, isFiltered);
      return (int) Math.min(graph.size(), found);
    }

    SearchReport search() throws IOException {
      candidates.begin(query.target(), collector, accepted, plan, query.goal().hidden());
      reranker.begin(query.values(), exact, collector, effort.tolerance());
      if (accepted.ords() != null && query.goal().isDefault()) {
        reranker.setTolerance(effort.tolerance());
      }
      if (plan.strategy() == FilterStrategy.EXHAUSTIVE || traverse() == false) {
        scan();
      }
      double recall = recall();
      int reranked = reranker.end(image);
      candidates.end();
      collector.incVisitedCount((int) Math.min(Integer.MAX_VALUE, candidates.visits()));
      return new SearchReport(
          true,
          graph.size(),
          accepted.count(),
          first,
          plan.strategies(),
          plan.estimatedVisits(),
          candidates.allVisits() + scannedVectors,
          candidates.expandedNodes(),
          candidates.isSeeded(),
          reranked + exactVisits,
          end,
          recall);
    }

    /** What recall is expected, as the search ended. */
    private double recall() {
      return switch (end) {
        case COMPLETE -> 1;
        case TARGET ->
            plan.strategy() == FilterStrategy.EXHAUSTIVE
                ? 1 - reranker.expectedMissed()
                : effort.recall();
        case CANDIDATES, LIMIT, STOPPED -> Double.NaN;
      };
    }

    /** Says that the collector wanted no more, if so. */
    private boolean isStopped() {
      if (collector.earlyTerminated() == false) {
        return false;
      }
      end = candidates.isOutOfVisits() ? SearchReport.End.LIMIT : SearchReport.End.STOPPED;
      return true;
    }

    /** Traverses the graph; false if the plan is to scan what was not reranked. */
    private boolean traverse() throws IOException {
      int wanted =
          plan.strategy() == FilterStrategy.FILTERED
              ? plan.twoHopCandidates(first(query.goal().onCodes(collector.k(), true)))
              : first;
      QuantizedTraversal.End end = candidates.traverse(wanted);
      if (end == QuantizedTraversal.End.EXHAUSTIVE) {
        return false;
      }
      ScoredNodeList found = candidates.found();
      if (end == QuantizedTraversal.End.EXHAUSTED
          && found.size() < Math.min(wanted, accepted.count())
          && collector.earlyTerminated() == false) { // what is accepted is not connected
        plan.complete();
        if (candidates.canVisit(accepted.count())) {
          return false;
        }
        // within the limit, the first ones of a scan would be worse than those that were found
        candidates.scanRest(nodes());
      } else if (end == QuantizedTraversal.End.STOPPED
          && found.size() < Math.min(collector.k(), accepted.count())
          && candidates.isOutOfVisits()
          && candidates.canVisit(accepted.count())) {
        plan.complete();
        return false;
      }
      if (isNearestRejected()) {
        reranker.setTolerance(Math.min(effort.tolerance(), query.goal().hiddenTolerance()));
      }
      reranker.rerank(found.array(), found.size());
      while (isStopped() == false && query.goal().isAdaptive()) {
        long least = reranker.leastWorthwhile(added());
        if (least == Long.MAX_VALUE) {
          least = leastMet();
        }
        if (least == Long.MAX_VALUE) {
          this.end = SearchReport.End.TARGET;
          return true;
        }
        if (plan.isScanCheaper(expectedHops())) {
          plan.complete();
          return false;
        }
        end = candidates.extend(least);
        if (end == QuantizedTraversal.End.EXHAUSTIVE) {
          return false;
        }
        reranker.rerank(found.array(), found.size());
      }
      return true;
    }

    /**
     * What else is to be met, as the collector had to see more than k vectors to have k results:
     * the graph's reach is to be that of a search for so many. The least of these entries, or
     * {@link Long#MAX_VALUE}.
     */
    private long leastMet() throws IOException {
      int met = reranker.met();
      if (keepsBestOnly || met <= collector.k()) {
        return Long.MAX_VALUE;
      }
      Effort ofMet = query.goal().onCodes(met, accepted.ords() != null);
      double wanted = query.goal().candidates(met, codes.initialOversampling(), ofMet, false);
      int more = (int) Math.min(graph.size(), wanted) - reranker.count();
      return more <= 0 ? Long.MAX_VALUE : reranker.leastRemaining(more);
    }

    /** Whether fewer nodes are accepted near the query than elsewhere. */
    private boolean isNearestRejected() {
      double selectivity = (double) accepted.count() / graph.size();
      double expected = candidates.expandedNodes() * selectivity;
      double chance = MAX_CHANCE * Math.sqrt(expected * (1 - selectivity));
      double most = Math.min(REJECTED * expected, expected - chance);
      return accepted.ords() != null && candidates.acceptedExpandedNodes() < most;
    }

    /** How many expandedNodes an extension takes, from what the last one took and what is left. */
    private int expectedHops() {
      int left = reranker.count() < TELLING ? 0 : reranker.worthwhileCount() / 2;
      return Math.max(candidates.expandedNodes(), left);
    }

    /** How many candidates to add: the more there are, so that the sum of all is linear. */
    private int added() {
      return Math.max(MIN_ADDED, (int) (GROWTH * reranker.count()));
    }

    /** Scans the codes of what is accepted, and reranks the best that were not reranked before. */
    private void scan() throws IOException {
      boolean isAdaptive = query.goal().isAdaptive();
      int few = candidates.expandedNodes() == 0 || isAdaptive == false ? 0 : AFTER_TRAVERSAL;
      int begun = scanCandidates(query.goal(), collector.k(), accepted.isCallersFilter());
      int wanted = Math.max(begun, Math.min(accepted.count(), Math.max(few, reranker.count())));
      if (isAdaptive
          && costs.vectorsScan(accepted.count())
              < costs.codesScan(accepted.count()) + costs.rerank(wanted)) {
        scanVectors(true);
        return;
      }
      reranker.setTolerance(query.goal().scanTolerance());
      candidates.scan(wanted, nodes());
      rerankNew(candidates.found());
      while (isStopped() == false && isAdaptive) {
        double lowest = reranker.leastScore();
        if (candidates.isDropped(lowest)) {
          candidates.findDropped(lowest, nodes());
        }
        int most = SCAN_GROWTH * Math.max(MIN_ADDED, reranker.count());
        long least = reranker.leastWorthwhile(most);
        if (least == Long.MAX_VALUE) {
          end = SearchReport.End.TARGET;
          return;
        }
        int more = Math.min(most, reranker.worthwhileCount());
        if (candidates.canVisit(accepted.count())
            && costs.vectorsScan(accepted.count()) < costs.rerank(more)) {
          scanVectors(false);
          return;
        }
        candidates.find(least);
        rerankNew(candidates.found());
      }
    }

    private void rerankNew(ScoredNodeList found) throws IOException {
      int kept = 0;
      for (int i = 0; i < found.size(); i++) {
        if (candidates.expandedNodes() == 0 || reranker.isDone(found.get(i)) == false) {
          found.set(kept++, found.get(i));
        }
      }
      reranker.rerank(found.array(), kept);
    }

    /**
     * Scores all that is accepted and was not reranked.
     *
     * @param isFirst whether no codes were scanned, so that vectors count as visited
     */
    private void scanVectors(boolean isFirst) throws IOException {
      if (isFirst) {
        candidates.giveUp();
      }
      int[] done = reranker.sortedOrds();
      int count = reranker.count();
      exactVisits +=
          ExactScan.scan(
              exact,
              accepted.batches().retain(ord -> Arrays.binarySearch(done, 0, count, ord) < 0),
              collector,
              isFirst);
      scannedVectors = isFirst ? exactVisits : 0;
      end = SearchReport.End.COMPLETE;
      isStopped();
    }

    /** The nodes that are accepted. */
    private AcceptedVectors.Batches nodes() throws IOException {
      NodeOrdinals order = candidates.order();
      FixedBitSet bits = accepted.bitSet();
      if (NodeFilters.isWorthwhile(bits, accepted.count())) {
        return filters.nodes(bits, order);
      }
      AcceptedVectors.Batches ords = accepted.batches();
      if (accepted.ords() == null) {
        return ords; // all of the one are all of the other
      }
      return batch -> {
        int count = ords.next(batch);
        for (int i = 0; i < count; i++) {
          batch[i] = order.node(batch[i]);
        }
        return count;
      };
    }
  }
}

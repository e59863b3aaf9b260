/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.codes.Codes;
import org.lucenelmdb.graph.GraphGeometry;
import org.lucenelmdb.graph.ImageHnswGraph;
import org.lucenelmdb.graph.LinksInput;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.vectors.VectorBlocks;

/**
 * Finds candidates by codes, and answers with the exact scores of the best of them. Thread-safe:
 * what a search needs is taken from a pool, and returned to it.
 */
public final class CodesSearch {

  /**
   * By how many times more candidates are kept by a scan if those of the one before were too few.
   */
  private static final int MORE_KEPT = 4;

  /** How many more candidates than the first ones a walk with a filter needs, measured. */
  private static final double EXPECTED_FACTOR = 1.3;

  private final GraphGeometry graph;
  private final Codes codes;
  private final IndexInput image;
  private final int pageSize;
  private final IndexInput meta;
  private final VectorPrefetch prefetch;
  private final SearchCosts costs;
  private final NodeFilters filters = new NodeFilters();
  private final BlockingQueue<Scratch> pool =
      new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

  /** What one search needs. */
  private record Scratch(CandidateSearch candidates, Rescoring rescoring) {}

  /**
   * @param vectors the raw vectors
   * @param image the image as a slice of its file
   * @param pageSize of the image
   * @param meta the metadata file
   */
  public CodesSearch(
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
    this.costs = new SearchCosts(graph, codes.layout().recordBytes());
    this.prefetch =
        new VectorPrefetch(
            vectors, OffHeapBytes.of(image.randomAccessSlice(0, image.length()), image.length()));
  }

  /**
   * The heap that searches which are over have left for others: filters, and what a search needs,
   * at most once for each processor.
   */
  public long ramBytesUsed() {
    long bytes = filters.ramBytesUsed();
    for (Scratch scratch : pool) {
      bytes += scratch.candidates.ramBytesUsed() + scratch.rescoring.ramBytesUsed();
    }
    return bytes;
  }

  private Scratch open() throws IOException {
    CandidateSearch candidates =
        new CandidateSearch(
            graph,
            new LinksInput(graph, image, pageSize, meta),
            codes.open(image),
            codes.order(image, meta));
    return new Scratch(candidates, new Rescoring(candidates, prefetch));
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
      VectorSearch.OnCodes query,
      FilterStrategy forced,
      RandomVectorScorer exact,
      KnnCollector collector,
      AcceptedVectors accepted)
      throws IOException {
    Scratch scratch = pool.poll();
    if (scratch == null) {
      scratch = open();
    }
    CandidateSearch candidates = scratch.candidates;
    Rescoring rescoring = scratch.rescoring;
    boolean isFilter = accepted.isFilter();
    int wanted = isFilter ? query.firstWalked() : query.candidates();
    int first = wanted;
    int kept = isFilter ? query.walkCandidates() : query.candidates();
    FilterStrategy strategy = accepted.ords() == null ? FilterStrategy.SWEEP : forced;
    FilterPlan plan =
        new FilterPlan(costs, graph.size(), accepted.count(), expected(first, kept), strategy);
    if (plan.strategy() == FilterStrategy.TWO_HOP) {
      first = plan.twoHopCandidates(first);
      kept = plan.twoHopCandidates(kept);
    }
    candidates.begin(query.target(), kept);
    rescoring.begin(query.values(), exact, collector);
    boolean isDone = false;
    if (plan.strategy() != FilterStrategy.SCAN) {
      isDone = candidates.walk(collector, accepted, plan, first, rescoring::enough);
      if (isDone == false
          && plan.strategy() != FilterStrategy.SCAN
          && collector.earlyTerminated() == false) {
        if (candidates.canVisit(accepted.count())) {
          plan.complete();
        } else if (candidates.isOutOfVisits() == false) {
          // the first ones of a scan would be worse than those that the walk has found
          plan.complete();
          candidates.scanRest(collector, nodes(candidates.order(), accepted));
          isDone = true;
        }
      }
    }
    if (plan.strategy() == FilterStrategy.SCAN && isDone == false) {
      scan(scratch, query, collector, accepted);
    } else {
      rescoring.scoreWorthwhile(first, false);
    }
    int rescored = rescoring.end(image);
    collector.incVisitedCount((int) Math.min(Integer.MAX_VALUE, candidates.visits()));
    SearchReport report =
        new SearchReport(
            true,
            graph.size(),
            accepted.count(),
            wanted,
            plan.strategies(),
            plan.estimatedVisits(),
            candidates.allVisits(),
            candidates.hops(),
            candidates.isSeeded(),
            rescored);
    pool.offer(scratch); // not if something was thrown
    return report;
  }

  /** How many candidates a walk goes on for, on average. */
  private static int expected(int first, int kept) {
    return (int) Math.min(kept, Math.ceil(EXPECTED_FACTOR * first));
  }

  /** The nodes that are accepted. */
  private AcceptedVectors.Batches nodes(ImageHnswGraph.Order order, AcceptedVectors accepted)
      throws IOException {
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

  /**
   * Scans what is accepted, and scores what may be collected of it. If that takes more candidates
   * than were kept, it is scanned once more.
   */
  private void scan(
      Scratch scratch, VectorSearch.OnCodes query, KnnCollector collector, AcceptedVectors accepted)
      throws IOException {
    CandidateSearch candidates = scratch.candidates;
    int kept = query.scanCandidates();
    boolean isEnough = false;
    while (isEnough == false) {
      candidates.scan(kept, collector, nodes(candidates.order(), accepted));
      boolean isAll = candidates.found() < kept || kept == graph.size();
      isEnough =
          scratch.rescoring.scoreWorthwhile(query.firstCandidates(), isAll)
              || collector.earlyTerminated();
      kept = (int) Math.min(graph.size(), (long) MORE_KEPT * kept);
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.ArrayUtil;
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

  /** A quarter of a vector's cache lines is touched: the CPU fetches what follows by itself. */
  private static final int TOUCH_BYTES = 4 * 64;

  /** A vector that takes so long is not in memory. */
  private static final long COLD_NANOS = 20_000;

  private static final int MAX_COLD_SEARCHES = 64;

  /** How many candidates are rescored at once after the first ones. */
  private static final int MORE_RESCORED = 16;

  /**
   * By how many times more candidates are kept by a scan if those of the one before were too few.
   */
  private static final int MORE_KEPT = 4;

  /**
   * How many searches tell the system in advance what they will read. That is a lot of calls for
   * nothing if everything is in memory, so only searches after one that had to wait for the disk do
   * it. Threads overwrite each other's changes, which does no harm.
   */
  private int coldSearches = MAX_COLD_SEARCHES;

  private final GraphGeometry graph;
  private final Codes codes;
  private final VectorBlocks vectors;
  private final IndexInput image;
  private final int pageSize;
  private final IndexInput meta;
  private final OffHeapBytes memory; // null if the file is not mapped
  private final SearchCosts costs;
  private final NodeFilters filters = new NodeFilters();
  private final BlockingQueue<Scratch> pool =
      new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

  /** What one search needs. */
  private static final class Scratch {
    final CandidateSearch candidates;
    int[] ords = new int[0];
    int[] chunk = new int[0]; // those that are scored together
    long[] addresses = new long[0];
    float[] scores = new float[0];

    final CodeErrors errors = new CodeErrors();

    /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
    int touched;

    Scratch(CandidateSearch candidates) {
      this.candidates = candidates;
    }

    /** Makes room for the ordinals that were found; returns how many. */
    int room() {
      int count = candidates.found();
      ords = ArrayUtil.growNoCopy(ords, count);
      return count;
    }

    int[] chunk(int count) {
      chunk = ArrayUtil.growNoCopy(chunk, count);
      return chunk;
    }
  }

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
    this.vectors = vectors;
    this.image = image;
    this.pageSize = pageSize;
    this.meta = meta;
    this.costs = new SearchCosts(graph, codes.layout().recordBytes());
    this.memory = OffHeapBytes.of(image.randomAccessSlice(0, image.length()), image.length());
  }

  /**
   * The heap that searches which are over have left for others: filters, and what a search needs,
   * at most once for each processor.
   */
  public long ramBytesUsed() {
    long bytes = filters.ramBytesUsed();
    for (Scratch scratch : pool) {
      bytes += scratch.candidates.ramBytesUsed();
    }
    return bytes;
  }

  private Scratch open() throws IOException {
    return new Scratch(
        new CandidateSearch(
            graph,
            new LinksInput(graph, image, pageSize, meta),
            codes.open(image),
            codes.order(image, meta)));
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
    int wanted = accepted.isFilter() ? query.walkCandidates() : query.candidates();
    FilterStrategy strategy = accepted.ords() == null ? FilterStrategy.SWEEP : forced;
    FilterPlan plan = new FilterPlan(costs, graph.size(), accepted.count(), wanted, strategy);
    candidates.begin(
        query.target(),
        plan.strategy() == FilterStrategy.TWO_HOP ? plan.twoHopCandidates() : wanted);
    if (plan.strategy() != FilterStrategy.SCAN) {
      candidates.walk(collector, accepted, plan);
      if (plan.strategy() != FilterStrategy.SCAN
          && collector.earlyTerminated() == false
          && candidates.canVisit(accepted.count()) // or the walk has found better ones
          && (candidates.isOutOfVisits()
              || candidates.found() < Math.min(wanted, accepted.count()))) {
        plan.complete();
      }
    }
    int rescored =
        plan.strategy() == FilterStrategy.SCAN
            ? scan(scratch, query, exact, collector, accepted)
            : rescoreAll(scratch, query.values(), exact, collector);
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

  private int rescoreAll(
      Scratch scratch, KnnVectorValues values, RandomVectorScorer exact, KnnCollector collector)
      throws IOException {
    int count = scratch.room();
    scratch.candidates.ordinals(scratch.ords);
    checkDistinct(scratch.ords, count);
    rescore(scratch, 0, count, values, exact, collector);
    return count;
  }

  /**
   * Scans what is accepted, and rescores the best candidates, and more of them as long as there may
   * be vectors to collect among them. If that takes more than were kept, it is scanned once more.
   *
   * @return how many were rescored
   */
  private int scan(
      Scratch scratch,
      VectorSearch.OnCodes query,
      RandomVectorScorer exact,
      KnnCollector collector,
      AcceptedVectors accepted)
      throws IOException {
    CandidateSearch candidates = scratch.candidates;
    CodeErrors errors = scratch.errors;
    errors.clear();
    boolean canExtend = query.scanCandidates() < query.maxScanCandidates();
    int kept = query.maxScanCandidates();
    int from = 0;
    while (true) {
      candidates.scan(kept, collector, nodes(candidates.order(), accepted));
      int count = scratch.room();
      candidates.sortedOrdinals(scratch.ords);
      System.arraycopy(scratch.ords, 0, scratch.chunk(count), 0, count);
      checkDistinct(scratch.chunk, count);
      boolean more = true;
      while (more && from < count) {
        int to = Math.min(count, from == 0 ? query.scanCandidates() : from + MORE_RESCORED);
        rescore(scratch, from, to, query.values(), exact, collector);
        for (int i = from; i < to; i++) {
          errors.add(candidates.sortedScore(i), scratch.scores[i - from]);
        }
        more =
            to == count
                || errors.bound(candidates.sortedScore(to)) > collector.minCompetitiveSimilarity();
        from = to;
      }
      boolean isAll = count < kept || kept == graph.size();
      if (more == false || isAll || canExtend == false || collector.earlyTerminated()) {
        return from;
      }
      kept = (int) Math.min(graph.size(), (long) MORE_KEPT * kept);
    }
  }

  /** Collects the exact scores of some candidates, and leaves them in the scratch. */
  private void rescore(
      Scratch scratch,
      int from,
      int to,
      KnnVectorValues values,
      RandomVectorScorer exact,
      KnnCollector collector)
      throws IOException {
    int count = to - from;
    int[] ords = scratch.ords;
    if (from > 0) {
      ords = scratch.chunk(count);
      System.arraycopy(scratch.ords, from, ords, 0, count);
    }
    float[] scores = scratch.scores = ArrayUtil.grow(scratch.scores, count);
    fetch(scratch, ords, values, count);
    exact.bulkScore(ords, scores, count);
    for (int i = 0; i < count; i++) {
      collector.collect(exact.ordToDoc(ords[i]), scores[i]);
    }
  }

  /**
   * A document that is found twice would be too much for Lucene. Sorts the ordinals, as vectors lie
   * in the file.
   */
  private void checkDistinct(int[] ords, int count) throws CorruptIndexException {
    Arrays.sort(ords, 0, count);
    for (int i = 1; i < count; i++) {
      if (ords[i] == ords[i - 1]) {
        throw new CorruptIndexException(
            "ordinal " + ords[i] + " should be that of one node; found two", image.toString());
      }
    }
  }

  /**
   * Fetches the vectors, all at once: pages that are not there from disk, and the others' lines.
   */
  private void fetch(Scratch scratch, int[] ords, KnnVectorValues values, int count)
      throws IOException {
    if (coldSearches > 0) {
      values.prefetch(ords, count);
    }
    if (memory == null) {
      return;
    }
    long[] addresses = scratch.addresses = ArrayUtil.growNoCopy(scratch.addresses, count);
    for (int i = 0; i < count; i++) {
      addresses[i] = vectors.address(ords[i]);
    }
    long start = System.nanoTime();
    for (int at = 0; at < vectors.vectorBytes(); at += TOUCH_BYTES) {
      scratch.touched += memory.touch(addresses, count, at);
    }
    long nanos = System.nanoTime() - start;
    if (nanos > count * COLD_NANOS) {
      coldSearches = MAX_COLD_SEARCHES;
    } else if (coldSearches > 0) {
      coldSearches--;
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/**
 * Finds candidates by their codes, and collects the best ones with their exact scores: see {@link
 * QuantizedSearch}. Thread-safe: each search takes its memory from a pool, and returns it.
 */
public final class QuantizedSearcher {

  /**
   * The number of searches whose memory is pooled. Further concurrent searches allocate their own.
   */
  private static final int MAX_POOLED = 4;

  final GraphGeometry graph;
  final Codes codes;
  final SearchCosts costs;
  final NodeFilters filters = new NodeFilters();
  private final IndexInput image;
  private final int pageSize;
  private final IndexInput meta;
  private final VectorBlocks vectors;
  private final OffHeapBytes memory; // null if the image is not mapped
  private final BlockingQueue<Workspace> pool =
      new ArrayBlockingQueue<>(Math.min(MAX_POOLED, Runtime.getRuntime().availableProcessors()));

  /** The memory of a search. */
  static final class Workspace {
    final SegmentCodeScorer codes;
    final NodeOrdinals order;
    final Candidates candidates;
    final VisitCounter visits = new VisitCounter();
    final QuantizedTraversal traversal;
    final QuantizedScan scan;
    final RerankPolicy policy = new RerankPolicy();
    final Reranker reranker;

    private Workspace(QuantizedSearcher searcher) throws IOException {
      Codes all = searcher.codes;
      this.codes = all.scorer(searcher.image);
      this.order = all.order(searcher.image, searcher.meta);
      this.candidates = new Candidates(codes);
      LinksInput links =
          new LinksInput(searcher.graph, searcher.image, searcher.pageSize, searcher.meta);
      this.traversal =
          new QuantizedTraversal(searcher.graph, links, codes, order, candidates, visits);
      this.scan = new QuantizedScan(codes, candidates, visits);
      VectorPrefetch prefetch = new VectorPrefetch(searcher.vectors, searcher.memory);
      this.reranker = new Reranker(codes, prefetch, all.model().metric(), policy);
    }

    private long ramBytesUsed() {
      return traversal.ramBytesUsed() + candidates.ramBytesUsed() + reranker.ramBytesUsed();
    }
  }

  /**
   * @param vectors the raw vectors
   * @param image the image as a slice of its file
   * @param pageSize the page size of the image
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
    this.vectors = vectors;
    this.memory = OffHeapBytes.of(image.randomAccessSlice(0, image.length()), image.length());
  }

  /** The heap that pooled searches and cached filters use, in bytes. */
  long ramBytesUsed() {
    long bytes = filters.ramBytesUsed();
    for (Workspace workspace : pool) {
      bytes += workspace.ramBytesUsed();
    }
    return bytes;
  }

  /** The number of candidates that a scan reranks at first. */
  int scanRerankCount(SearchGoal goal, int k, boolean hasQueryFilter) {
    double count = goal.scanRerankCount(k, codes.initialOversampling(), hasQueryFilter);
    return (int) Math.min(graph.size(), count);
  }

  /**
   * Collects the nearest vectors with their exact scores.
   *
   * @param kind the kind of the collector, which codes must serve
   * @param matching at least one vector, unless the number is unknown
   * @param forced the strategy; null to choose
   */
  SearchReport search(
      SearchRequest request, CollectorKind kind, MatchingVectors matching, FilterStrategy forced)
      throws IOException {
    Workspace workspace = pool.poll();
    if (workspace == null) {
      workspace = new Workspace(this);
    }
    CollectorNeeds needs = CollectorNeeds.of(kind, request.collector());
    SearchReport report =
        new QuantizedSearch(this, workspace, request, needs, matching, forced).run();
    pool.offer(workspace); // not reused after an exception
    return report;
  }

  @Override
  public String toString() {
    return "QuantizedSearcher(" + image + ")";
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;

/** Searches a field in a segment. Decides whether a search is exact or quantized. Thread-safe. */
public final class SegmentSearcher {

  private final ExactSearcher exact;
  private final QuantizedSearcher quantized; // null if the field has no codes

  /** Opens a graph whose nodes are ordinals, for Lucene's searchers. */
  @FunctionalInterface
  public interface GraphSource {
    /** The graph; empty if the field has none. */
    HnswGraph open() throws IOException;
  }

  /**
   * @param traversal the traversal of a field with a graph and without codes; null for other fields
   * @param quantized null if the field has no codes
   */
  public SegmentSearcher(GraphSource graph, ExactTraversal traversal, QuantizedSearcher quantized) {
    this.exact = new ExactSearcher(graph, traversal);
    this.quantized = quantized;
  }

  /** The heap that pooled searches use, in bytes. */
  public long ramBytesUsed() {
    return exact.ramBytesUsed() + (quantized == null ? 0 : quantized.ramBytesUsed());
  }

  /** Collects the documents of the nearest vectors. */
  public SearchReport search(SearchRequest given) throws IOException {
    CollectorKind kind = CollectorKind.of(given.collector());
    SearchRequest request = given.withCollector(prepared(kind, given.collector(), given.size()));
    MatchingVectors matching =
        new MatchingVectors(request.acceptDocs(), request.values(), request.exact());
    FilterStrategy forced =
        matching.hasQueryFilter() && matching.count() > 0 ? request.filterStrategy() : null;
    if (quantized == null
        || request.areScoresEqual()
        || kind.isServedByCodes(request.goal().isAdaptive()) == false) {
      return exact.search(request, kind, matching, forced);
    }
    int rerankCount =
        quantized.scanRerankCount(request.goal(), request.k(), matching.hasQueryFilter());
    boolean isSmall =
        matching.count()
            <= Math.max(
                SearchHeuristics.MIN_QUANTIZED_VECTORS,
                (long) SearchHeuristics.MIN_MATCHING_PER_RERANKED * rerankCount);
    int size = request.size();
    if (isWorthwhile(rerankCount, size, size) == false || isSmall && forced == null) {
      return exact.scan(request, matching);
    }
    return quantized.search(withoutPatience(request, kind), kind, matching, forced);
  }

  private static KnnCollector prepared(CollectorKind kind, KnnCollector collector, int size) {
    if (kind == CollectorKind.DECORATED) {
      return new ObservedCollector(collector, size);
    }
    return CollectorKind.isExplicit(collector) ? new InclusiveCollector(collector) : collector;
  }

  private static SearchRequest withoutPatience(SearchRequest request, CollectorKind kind) {
    if (kind != CollectorKind.PATIENT) {
      return request;
    }
    KnnCollector collector = new UnlimitedPatience(request.collector());
    return request.withCollector(new ObservedCollector(collector, request.size()));
  }

  /** Whether a traversal is expected to score fewer vectors than a scan. */
  static boolean isWorthwhile(int neighbors, int size, int matching) {
    return neighbors < size && expectedVisits(neighbors, size) < matching;
  }

  static int expectedVisits(int neighbors, int size) {
    return HnswGraphSearcher.expectedVisitedNodes(neighbors, size);
  }
}

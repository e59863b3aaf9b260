/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.OrdinalTranslatedKnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * Answers a query by a walk through the graph, on codes where that makes no difference to who asks,
 * or by a scan where that is expected to cost less.
 */
public final class VectorSearch {

  /** The number of vectors that a scan scores at once. */
  private static final int SCAN_BATCH = 64;

  private VectorSearch() {}

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
   * @param candidates how many to find, from 1 on
   */
  public record OnCodes(
      CodesSearch codes, float[] target, KnnVectorValues values, int candidates) {}

  /**
   * Collects the documents of the nearest vectors.
   *
   * @param onCodes null if the field has no codes
   * @param exact scores all vectors of the field, at least one
   */
  public static void search(
      GraphSource graph,
      OnCodes onCodes,
      RandomVectorScorer exact,
      KnnCollector collector,
      AcceptDocs acceptDocs)
      throws IOException {
    int size = exact.maxOrd();
    // an estimate is good enough; whatever it is, no more can pass than there are
    int accepted = Math.min(acceptDocs.cost(), size);
    Bits acceptOrds = exact.getAcceptOrds(acceptDocs.bits());
    if (onCodes != null
        && Collectors.keepsBestOnly(collector)
        && (acceptOrds == null || isFiltered(collector, (float) accepted / size) == false)) {
      if (isWorthwhile(onCodes.candidates, size, accepted)) {
        onCodes.codes.search(
            onCodes.target, onCodes.values, exact, onCodes.candidates, collector, acceptOrds);
        return;
      }
    } else if (isWorthwhile(collector.k(), size, accepted)) {
      HnswGraph opened = graph.open();
      if (opened.size() > 0) {
        HnswGraphSearcher.search(
            exact,
            new OrdinalTranslatedKnnCollector(collector, exact::ordToDoc),
            opened,
            acceptOrds,
            accepted);
        return;
      }
    }
    scan(exact, size, collector, acceptOrds);
  }

  /** Whether a walk is expected to score fewer vectors than a scan. */
  private static boolean isWorthwhile(int neighbors, int size, int accepted) {
    return neighbors < size && HnswGraphSearcher.expectedVisitedNodes(neighbors, size) < accepted;
  }

  /** Whether the query asks for Lucene's walk for filters. */
  private static boolean isFiltered(KnnCollector collector, float ratio) {
    KnnSearchStrategy strategy = collector.getSearchStrategy();
    if (strategy instanceof KnnSearchStrategy.Seeded seeded) {
      strategy = seeded.originalStrategy();
    }
    return strategy instanceof KnnSearchStrategy.Hnsw hnsw && hnsw.useFilteredSearch(ratio);
  }

  /** Scores all accepted vectors. */
  private static void scan(
      RandomVectorScorer scorer, int size, KnnCollector collector, Bits acceptedOrds)
      throws IOException {
    int[] ords = new int[Math.min(SCAN_BATCH, size)];
    float[] scores = new float[ords.length];
    int count = 0;
    for (int ord = 0; ord < size; ord++) {
      if (acceptedOrds == null || acceptedOrds.get(ord)) {
        if (count == 0 && collector.earlyTerminated()) {
          return;
        }
        ords[count++] = ord;
        if (count == batch(collector, ords.length)) {
          collect(scorer, ords, scores, count, collector);
          count = 0;
        }
      }
    }
    collect(scorer, ords, scores, count, collector);
  }

  /** How many vectors may be scored before the collector has to be asked again. */
  private static int batch(KnnCollector collector, int max) {
    long left = collector.visitLimit() - collector.visitedCount();
    return (int) Math.max(1, Math.min(max, left));
  }

  private static void collect(
      RandomVectorScorer scorer, int[] ords, float[] scores, int count, KnnCollector collector)
      throws IOException {
    if (count == 0) {
      return;
    }
    collector.incVisitedCount(count);
    if (scorer.bulkScore(ords, scores, count) > collector.minCompetitiveSimilarity()) {
      for (int i = 0; i < count; i++) {
        collector.collect(scorer.ordToDoc(ords[i]), scores[i]);
      }
    }
  }
}

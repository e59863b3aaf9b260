/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.OrdinalTranslatedKnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * Answers a query by a walk through the graph, or by a scan where that is expected to cost less.
 */
final class VectorSearch {

  /** The number of vectors that a scan scores at once. */
  private static final int SCAN_BATCH = 64;

  private VectorSearch() {}

  /**
   * Collects the documents of the nearest vectors.
   *
   * @param graph empty if the field has none
   * @param scorer of all vectors of the field, at least one
   */
  static void search(
      HnswGraph graph, RandomVectorScorer scorer, KnnCollector collector, AcceptDocs acceptDocs)
      throws IOException {
    int size = scorer.maxOrd();
    // an estimate is good enough; whatever it is, no more can pass than there are
    int accepted = Math.min(acceptDocs.cost(), size);
    Bits acceptedOrds = scorer.getAcceptOrds(acceptDocs.bits());
    boolean walk =
        graph.size() > 0
            && collector.k() < size
            && HnswGraphSearcher.expectedVisitedNodes(collector.k(), size) < accepted;
    if (walk) {
      HnswGraphSearcher.search(
          scorer,
          new OrdinalTranslatedKnnCollector(collector, scorer::ordToDoc),
          graph,
          acceptedOrds,
          accepted);
    } else {
      scan(scorer, size, collector, acceptedOrds);
    }
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

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Scores all of some vectors. */
final class ExactScan {

  /** The number of vectors that are scored at once. */
  private static final int BATCH = 64;

  private ExactScan() {}

  /**
   * Scores the vectors of some batches. As in Lucene's own formats, the collector is asked before
   * each vector whether to go on, so that a timeout ends a scan between any two vectors; those that
   * may be scored are scored together.
   *
   * @param batches of ordinals
   * @param countsVisits whether vectors count as visited, and the visit limit holds
   * @return how many vectors were scored
   */
  static int scan(
      RandomVectorScorer scorer,
      AcceptedVectors.Batches batches,
      KnnCollector collector,
      boolean countsVisits)
      throws IOException {
    int[] ords = new int[Math.min(BATCH, scorer.maxOrd())];
    float[] scores = new float[ords.length];
    int total = 0;
    int found;
    int count;
    do {
      found = batches.next(ords);
      long left =
          countsVisits ? collector.visitLimit() - collector.visitedCount() : Integer.MAX_VALUE;
      count = 0;
      while (count < found && count < left && collector.earlyTerminated() == false) {
        count++;
      }
      if (countsVisits) {
        collector.incVisitedCount(count);
      }
      collect(scorer, ords, scores, count, collector);
      total += count;
    } while (found > 0 && count == found);
    return total;
  }

  /** Scores and collects. A score that is not a number says nothing of a vector, nor of others. */
  private static void collect(
      RandomVectorScorer scorer, int[] ords, float[] scores, int count, KnnCollector collector)
      throws IOException {
    if (count == 0) {
      return;
    }
    float max = scorer.bulkScore(ords, scores, count);
    if (max <= collector.minCompetitiveSimilarity()) { // NaN is not
      return;
    }
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(scores[i]) == false) {
        collector.collect(scorer.ordToDoc(ords[i]), scores[i]);
      }
    }
  }
}

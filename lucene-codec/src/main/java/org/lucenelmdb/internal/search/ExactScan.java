/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Scores vectors one after the other. */
final class ExactScan {

  /** The number of vectors that are scored at once. */
  private static final int BATCH = 64;

  private ExactScan() {}

  /**
   * Scores vectors. As in Lucene's formats, the collector can terminate the scan before each
   * vector, so that a timeout takes effect between any two vectors.
   *
   * @param ordinals the ordinals of the vectors
   * @param countsVisits whether the vectors count as visits, up to the visit limit
   * @return the number of vectors that were scored
   */
  static int scan(
      RandomVectorScorer scorer, Batches ordinals, KnnCollector collector, boolean countsVisits)
      throws IOException {
    int[] ords = new int[Math.min(BATCH, scorer.maxOrd())];
    float[] scores = new float[ords.length];
    int total = 0;
    int found;
    int count;
    do {
      found = ordinals.next(ords);
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

  /** Scores and collects vectors, except those with a score of NaN. */
  private static void collect(
      RandomVectorScorer scorer, int[] ords, float[] scores, int count, KnnCollector collector)
      throws IOException {
    if (count == 0) {
      return;
    }
    float max = scorer.bulkScore(ords, scores, count);
    if (max <= collector.minCompetitiveSimilarity()) { // false if max is NaN
      return;
    }
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(scores[i]) == false) {
        collector.collect(scorer.ordToDoc(ords[i]), scores[i]);
      }
    }
  }
}

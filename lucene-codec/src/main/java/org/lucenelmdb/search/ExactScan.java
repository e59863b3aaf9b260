/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** Scores all of some vectors. */
final class ExactScan {

  /** The number of vectors that are scored at once. */
  private static final int BATCH = 64;

  private ExactScan() {}

  /**
   * Scores and collects.
   *
   * @param batches of ordinals
   * @param counts whether the collector counts the vectors as visited
   * @return how many were scored
   */
  static int scan(
      RandomVectorScorer scorer,
      AcceptedVectors.Batches batches,
      KnnCollector collector,
      boolean counts)
      throws IOException {
    int[] ords = new int[Math.min(BATCH, scorer.maxOrd())];
    float[] scores = new float[ords.length];
    int total = 0;
    for (int count = batches.next(ords);
        count > 0 && collector.earlyTerminated() == false;
        count = batches.next(ords)) {
      scorer.bulkScore(ords, scores, count);
      for (int i = 0; i < count; i++) {
        if (scores[i] > collector.minCompetitiveSimilarity()) {
          collector.collect(scorer.ordToDoc(ords[i]), scores[i]);
        }
      }
      total += count;
    }
    return total;
  }
}

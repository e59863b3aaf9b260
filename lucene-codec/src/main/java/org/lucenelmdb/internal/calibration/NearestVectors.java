/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Finds the nearest vectors of queries by comparing each query with all vectors. */
final class NearestVectors {

  /** The number of queries compared with a block of vectors while it is in the CPU's cache. */
  private static final int GROUP = 8;

  private static final int BLOCK = 64;

  private NearestVectors() {}

  /**
   * Returns the ordinals of the vectors nearest to each query, the nearest first.
   *
   * @param holdout the held-out vectors, which the result excludes
   * @param queries the ordinals of the queries
   * @param k the number of vectors for each query
   */
  static int[][] find(
      KnnVectorValues values,
      VectorMetric metric,
      Holdout holdout,
      int[] queries,
      int k,
      Workers workers)
      throws IOException {
    int[][] nearest = new int[queries.length][];
    int groups = (queries.length + GROUP - 1) / GROUP;
    workers.forEach(
        "nearest",
        groups,
        () -> {
          RandomVectorScorerSupplier scorers = metric.scorers(values.copy());
          return group -> {
            int from = group * GROUP;
            int to = Math.min(queries.length, from + GROUP);
            find(scorers, holdout, queries, from, to, k, values.size(), nearest, workers);
          };
        });
    return nearest;
  }

  private static void find(
      RandomVectorScorerSupplier suppliers,
      Holdout holdout,
      int[] queries,
      int from,
      int to,
      int k,
      int size,
      int[][] nearest,
      Workers workers)
      throws IOException {
    UpdateableRandomVectorScorer[] scorers = new UpdateableRandomVectorScorer[to - from];
    NeighborQueue[] queues = new NeighborQueue[scorers.length];
    for (int i = 0; i < scorers.length; i++) {
      scorers[i] = suppliers.scorer();
      scorers[i].setScoringOrdinal(queries[from + i]);
      queues[i] = new NeighborQueue(k, false);
    }
    int[] ords = new int[BLOCK];
    float[] scores = new float[BLOCK];
    for (int begin = 0; begin < size; begin += BLOCK) {
      workers.check();
      int count = Math.min(BLOCK, size - begin);
      for (int i = 0; i < count; i++) {
        ords[i] = begin + i;
      }
      for (int i = 0; i < scorers.length; i++) {
        float max = scorers[i].bulkScore(ords, scores, count);
        if (queues[i].size() < k || max > queues[i].topScore()) {
          collect(queues[i], ords, scores, count, holdout, k);
        }
      }
    }
    for (int i = 0; i < scorers.length; i++) {
      nearest[from + i] = sorted(queues[i]);
    }
  }

  private static void collect(
      NeighborQueue queue, int[] ords, float[] scores, int count, Holdout holdout, int k) {
    for (int i = 0; i < count; i++) {
      if ((queue.size() < k || scores[i] > queue.topScore()) && !holdout.contains(ords[i])) {
        queue.insertWithOverflow(ords[i], scores[i]);
      }
    }
  }

  private static int[] sorted(NeighborQueue queue) {
    int[] sorted = new int[queue.size()];
    for (int i = sorted.length - 1; i >= 0; i--) {
      sorted[i] = queue.pop();
    }
    return sorted;
  }
}

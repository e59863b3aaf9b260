/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.calibration;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.resources.Workers;
import org.lucenelmdb.vectors.VectorMetric;

/** Finds the vectors that are nearest to some others, by all of their scores. */
final class NearestVectors {

  /** Queries that are compared with the vectors of a block while these are in the CPU's cache. */
  private static final int GROUP = 8;

  private static final int BLOCK = 64;

  private NearestVectors() {}

  /**
   * The ordinals of the vectors that are nearest to each query, the nearest first, without itself.
   *
   * @param queries ordinals
   * @param k how many for each
   * @return for each query: null if a vector that is found has the same score as itself, as a copy
   *     has
   */
  static int[][] find(
      KnnVectorValues values, VectorMetric metric, int[] queries, int k, Workers workers)
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
            find(scorers, queries, from, to, k, values.size(), nearest, workers);
          };
        });
    return nearest;
  }

  private static void find(
      RandomVectorScorerSupplier suppliers,
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
    float[] own = new float[scorers.length];
    for (int i = 0; i < scorers.length; i++) {
      scorers[i] = suppliers.scorer();
      scorers[i].setScoringOrdinal(queries[from + i]);
      own[i] = scorers[i].score(queries[from + i]);
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
          collect(queues[i], ords, scores, count, queries[from + i], k);
        }
      }
    }
    for (int i = 0; i < scorers.length; i++) {
      nearest[from + i] = sorted(queues[i], own[i]);
    }
  }

  private static void collect(
      NeighborQueue queue, int[] ords, float[] scores, int count, int query, int k) {
    for (int i = 0; i < count; i++) {
      if (ords[i] != query && (queue.size() < k || scores[i] > queue.topScore())) {
        queue.insertWithOverflow(ords[i], scores[i]);
      }
    }
  }

  private static int[] sorted(NeighborQueue queue, float own) {
    int[] sorted = new int[queue.size()];
    boolean hasCopy = false;
    for (int i = sorted.length - 1; i >= 0; i--) {
      hasCopy |= queue.topScore() == own;
      sorted[i] = queue.pop();
    }
    return hasCopy ? null : sorted;
  }
}

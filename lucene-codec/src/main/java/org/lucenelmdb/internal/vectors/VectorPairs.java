/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;

/** Scores the vectors of a field against one of them. Not thread-safe. */
public final class VectorPairs {

  private final KnnVectorValues values;
  private final UpdateableRandomVectorScorer scorer;

  /** Accumulates prefetch reads, so that the JIT cannot eliminate them. */
  private int prefetched;

  /**
   * Creates a scorer.
   *
   * @param values the vectors, of which this object uses a {@linkplain KnnVectorValues#copy copy}
   */
  public VectorPairs(KnnVectorValues values, VectorMetric metric) throws IOException {
    this.values = values.copy();
    this.scorer = metric.scorers(this.values).scorer();
  }

  /** Sets the vector against which others are scored. */
  public void setTarget(int ord) throws IOException {
    scorer.setScoringOrdinal(ord);
  }

  /**
   * Brings vectors that are about to be scored into the CPU's caches.
   *
   * @return a sum that the caller must store, so that the JIT does not eliminate the reads
   */
  public int prefetchIntoCache(int[] ords, int count) throws IOException {
    return values instanceof PrefetchableValues prefetchable
        ? prefetchable.prefetchIntoCache(ords, count)
        : 0;
  }

  /** Computes exact scores of vectors against the target. */
  public void score(int[] ords, int count, float[] scores) throws IOException {
    scorer.bulkScore(ords, scores, count);
  }

  /** Brings vectors that are about to be scored into the CPU's caches. */
  public void prefetch(int[] ords, int count) throws IOException {
    prefetched += prefetchIntoCache(ords, count);
  }

  /** Copies a vector into floats. */
  public void copy(int ord, float[] vector) throws IOException {
    copy(values, ord, vector);
  }

  /** Copies a vector of the given values into floats. */
  public static void copy(KnnVectorValues values, int ord, float[] vector) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      System.arraycopy(floats.vectorValue(ord), 0, vector, 0, vector.length);
    } else {
      byte[] bytes = ((ByteVectorValues) values).vectorValue(ord);
      for (int i = 0; i < vector.length; i++) {
        vector[i] = bytes[i];
      }
    }
  }

  @Override
  public String toString() {
    return "VectorPairs(" + scorer + ", prefetched " + prefetched + ")";
  }
}

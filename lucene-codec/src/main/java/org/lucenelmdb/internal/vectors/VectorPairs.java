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

/** Scores the vectors of a field against one of them. For one thread. */
public final class VectorPairs {

  private final KnnVectorValues values;
  private final UpdateableRandomVectorScorer scorer;

  /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
  private int touched;

  /**
   * Opens vectors for one thread.
   *
   * @param values are copied, for another thread may use them
   */
  public VectorPairs(KnnVectorValues values, VectorMetric metric) throws IOException {
    this.values = values.copy();
    this.scorer = metric.scorers(this.values).scorer();
  }

  /** Changes the vector that others are scored against. */
  public void setTarget(int ord) throws IOException {
    scorer.setScoringOrdinal(ord);
  }

  /** As {@link #fetch}; returns something to keep. */
  public int touch(int[] ords, int count) throws IOException {
    return values instanceof TouchableValues touchable ? touchable.touch(ords, count) : 0;
  }

  /** Scores vectors, larger for what is more similar: the scores that searches answer with. */
  public void score(int[] ords, int count, float[] scores) throws IOException {
    scorer.bulkScore(ords, scores, count);
  }

  /** Makes the CPU fetch vectors that are about to be scored. */
  public void fetch(int[] ords, int count) throws IOException {
    touched += touch(ords, count);
  }

  /** Copies a vector; of bytes, their values. */
  public void copy(int ord, float[] vector) throws IOException {
    copy(values, ord, vector);
  }

  /** As {@link #copy(int, float[])}, of any values. */
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
    return "VectorPairs(" + scorer + ", touched " + touched + ")";
  }
}

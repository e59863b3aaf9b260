/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;

/**
 * Replaces NaN scores. Lucene's functions return NaN for the cosine of a zero vector, for an inner
 * product that overflows in both directions, and for stored values that are not finite, which older
 * formats accepted. A heap of results would treat NaN as the best score, and every comparison with
 * NaN is false.
 *
 * <p>With COSINE, NaN becomes 0.5, the score of a right angle. With other functions it becomes 0,
 * their lowest score.
 */
class DefinedScorer extends RandomVectorScorer.AbstractRandomVectorScorer {

  private final RandomVectorScorer scorer;
  private final float undefined;

  private DefinedScorer(KnnVectorValues values, RandomVectorScorer scorer, float undefined) {
    super(values);
    this.scorer = scorer;
    this.undefined = undefined;
  }

  /** Returns a scorer that replaces the NaN scores of another one. */
  static RandomVectorScorer of(
      VectorSimilarityFunction function, KnnVectorValues values, RandomVectorScorer scorer) {
    return new DefinedScorer(values, scorer, undefined(function));
  }

  /** Returns a supplier of scorers that replace the NaN scores of another supplier's scorers. */
  static RandomVectorScorerSupplier of(
      VectorSimilarityFunction function,
      KnnVectorValues values,
      RandomVectorScorerSupplier scorers) {
    return new Supplier(values, scorers, undefined(function));
  }

  private static float undefined(VectorSimilarityFunction function) {
    return function == VectorSimilarityFunction.COSINE ? 0.5f : 0;
  }

  @Override
  public float score(int ord) throws IOException {
    float score = scorer.score(ord);
    return Float.isNaN(score) ? undefined : score;
  }

  @Override
  public float bulkScore(int[] ords, float[] scores, int count) throws IOException {
    float max = scorer.bulkScore(ords, scores, count);
    if (Float.isNaN(max) == false) { // the maximum of numbers and NaN is NaN
      return max;
    }
    max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(scores[i])) {
        scores[i] = undefined;
      }
      max = Math.max(max, scores[i]);
    }
    return max;
  }

  private static final class Updateable extends DefinedScorer
      implements UpdateableRandomVectorScorer {
    private final UpdateableRandomVectorScorer scorer;

    Updateable(KnnVectorValues values, UpdateableRandomVectorScorer scorer, float undefined) {
      super(values, scorer, undefined);
      this.scorer = scorer;
    }

    @Override
    public void setScoringOrdinal(int ord) throws IOException {
      scorer.setScoringOrdinal(ord);
    }
  }

  private record Supplier(
      KnnVectorValues values, RandomVectorScorerSupplier scorers, float undefined)
      implements RandomVectorScorerSupplier {

    @Override
    public UpdateableRandomVectorScorer scorer() throws IOException {
      return new Updateable(values, scorers.scorer(), undefined);
    }

    @Override
    public RandomVectorScorerSupplier copy() throws IOException {
      return new Supplier(values.copy(), scorers.copy(), undefined);
    }
  }
}

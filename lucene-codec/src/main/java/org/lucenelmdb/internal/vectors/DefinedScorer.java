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
 * Gives every pair of vectors a score that is a number. Lucene's functions return NaN for the
 * cosine of a zero vector, for an inner product that overflows in both directions, and for stored
 * values that are not finite, which older formats let in. Heaps would take NaN for the best score
 * of all, and comparisons with it are always false.
 *
 * <p>A cosine that is not a number counts as 0, that of a right angle, so its score is 0.5. Any
 * other score that is not a number becomes 0, the least score of Lucene's functions.
 */
class DefinedScorer extends RandomVectorScorer.AbstractRandomVectorScorer {

  private final RandomVectorScorer scorer;
  private final float undefined;

  private DefinedScorer(KnnVectorValues values, RandomVectorScorer scorer, float undefined) {
    super(values);
    this.scorer = scorer;
    this.undefined = undefined;
  }

  /** Scores as another scorer does, where that returns a number. */
  static RandomVectorScorer of(
      VectorSimilarityFunction function, KnnVectorValues values, RandomVectorScorer scorer) {
    return new DefinedScorer(values, scorer, undefined(function));
  }

  /** Makes scorers that score as those of another supplier do, where these return a number. */
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
    if (Float.isNaN(max) == false) { // the maximum of some numbers and NaN is NaN
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

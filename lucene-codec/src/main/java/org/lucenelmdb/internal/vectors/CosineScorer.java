/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;

/**
 * Scores float vectors by their cosine. The score is NaN if one of the vectors is zero. Lucene
 * asserts that the cosine of two arrays is finite, so zero vectors are not passed to it as arrays.
 * When Lucene reads vectors in place, it asserts nothing and returns NaN itself.
 */
final class CosineScorer extends RandomVectorScorer.AbstractRandomVectorScorer
    implements UpdateableRandomVectorScorer {

  private final FloatVectorValues values;
  private final float[] target;
  private final RandomVectorScorer inPlace; // null if vectors must be copied

  private int targetOrd = -1;
  private boolean isRead; // whether the target vector was read
  private boolean hasLength; // whether the target is not zero

  private CosineScorer(FloatVectorValues values, float[] target, RandomVectorScorer inPlace) {
    super(values);
    this.values = values;
    this.target = target;
    this.inPlace = inPlace;
  }

  /**
   * Returns a scorer of vectors against a target, which is not copied.
   *
   * @param inPlace scores the same vectors in place; null if that is not possible
   */
  static RandomVectorScorer of(
      FloatVectorValues values, float[] target, RandomVectorScorer inPlace) {
    CosineScorer scorer = new CosineScorer(values, target, inPlace);
    scorer.isRead = true;
    scorer.hasLength = hasLength(target);
    return scorer;
  }

  /**
   * Returns a supplier of scorers of vectors against each other. Each scorer reads a copy of the
   * values.
   *
   * @param inPlace supplies scorers in place; null if that is not possible
   */
  static RandomVectorScorerSupplier supplier(
      FloatVectorValues values, RandomVectorScorerSupplier inPlace) {
    return new Supplier(values, inPlace);
  }

  /** Whether the squared length of a vector, computed in floats as Lucene does, is above 0. */
  private static boolean hasLength(float[] vector) {
    for (float x : vector) {
      if (x * x != 0) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void setScoringOrdinal(int ord) throws IOException {
    targetOrd = ord;
    isRead = false; // a scorer in place may not need the vector
    if (inPlace != null) {
      ((UpdateableRandomVectorScorer) inPlace).setScoringOrdinal(ord);
    }
  }

  private void readTarget() throws IOException {
    System.arraycopy(values.vectorValue(targetOrd), 0, target, 0, target.length);
    isRead = true;
    hasLength = hasLength(target);
  }

  @Override
  public float score(int ord) throws IOException {
    if (isRead == false) {
      readTarget();
    }
    float[] vector = values.vectorValue(ord);
    return hasLength && hasLength(vector)
        ? VectorSimilarityFunction.COSINE.compare(target, vector)
        : Float.NaN;
  }

  @Override
  public float bulkScore(int[] ords, float[] scores, int count) throws IOException {
    return inPlace != null
        ? inPlace.bulkScore(ords, scores, count)
        : UpdateableRandomVectorScorer.super.bulkScore(ords, scores, count);
  }

  private record Supplier(FloatVectorValues values, RandomVectorScorerSupplier inPlace)
      implements RandomVectorScorerSupplier {

    @Override
    public UpdateableRandomVectorScorer scorer() throws IOException {
      return new CosineScorer(
          values.copy(), new float[values.dimension()], inPlace == null ? null : inPlace.scorer());
    }

    @Override
    public RandomVectorScorerSupplier copy() throws IOException {
      return new Supplier(values.copy(), inPlace == null ? null : inPlace.copy());
    }
  }
}

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
 * Scores float vectors by their cosine, NaN if one of the two has no length. Lucene asserts that
 * the cosine of two arrays is finite, so those without one are not passed to it; where it reads
 * vectors in place, it asserts nothing and returns NaN, too.
 */
final class CosineScorer extends RandomVectorScorer.AbstractRandomVectorScorer
    implements UpdateableRandomVectorScorer {

  private final FloatVectorValues values;
  private final float[] target;
  private final RandomVectorScorer inPlace; // null if vectors are copied to be scored

  private int targetOrd = -1;
  private boolean isRead; // the target is there
  private boolean hasLength; // the target has one

  private CosineScorer(FloatVectorValues values, float[] target, RandomVectorScorer inPlace) {
    super(values);
    this.values = values;
    this.target = target;
    this.inPlace = inPlace;
  }

  /**
   * Scores against a target, which is not copied.
   *
   * @param inPlace scores the same vectors in place, null if none can
   */
  static RandomVectorScorer of(
      FloatVectorValues values, float[] target, RandomVectorScorer inPlace) {
    CosineScorer scorer = new CosineScorer(values, target, inPlace);
    scorer.isRead = true;
    scorer.hasLength = hasLength(target);
    return scorer;
  }

  /**
   * Makes scorers of vectors against each other; each reads a copy of the values.
   *
   * @param inPlace makes those that score in place, null if none can
   */
  static RandomVectorScorerSupplier supplier(
      FloatVectorValues values, RandomVectorScorerSupplier inPlace) {
    return new Supplier(values, inPlace);
  }

  /** Whether the squared length of a vector is above 0 in floats, as Lucene computes it. */
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
    isRead = false; // in place, it may not be needed
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

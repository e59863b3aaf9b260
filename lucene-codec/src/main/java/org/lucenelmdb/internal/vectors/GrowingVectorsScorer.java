/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.internal.kernels.Kernels;

/**
 * Scores float vectors on the heap against each other, several vectors at a time. Lucene's scorers
 * do this only for vectors outside the heap. The scores are those of Lucene's functions.
 */
final class GrowingVectorsScorer extends RandomVectorScorer.AbstractRandomVectorScorer
    implements UpdateableRandomVectorScorer {

  private static final Kernels KERNELS = Kernels.best();

  private final GrowingFloatVectorValues values;
  private final VectorSimilarityFunction function;
  private float[] target;

  private GrowingVectorsScorer(GrowingFloatVectorValues values, VectorSimilarityFunction function) {
    super(values);
    this.values = values;
    this.function = function;
  }

  /** Returns a supplier of scorers for any function except COSINE. */
  static RandomVectorScorerSupplier supplier(
      GrowingFloatVectorValues values, VectorSimilarityFunction function) {
    return new Supplier(values, function);
  }

  @Override
  public void setScoringOrdinal(int ord) {
    target = values.vectorValue(ord);
  }

  @Override
  public float score(int ord) {
    return function.compare(target, values.vectorValue(ord));
  }

  @Override
  public float bulkScore(int[] ords, float[] scores, int count) {
    float[][] vectors = values.vectors();
    if (function == VectorSimilarityFunction.EUCLIDEAN) {
      KERNELS.squareDistances(target, vectors, ords, count, scores);
    } else {
      KERNELS.dotProducts(target, vectors, ords, count, scores);
    }
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      scores[i] = scoreOf(scores[i]);
      max = Math.max(max, scores[i]);
    }
    return max;
  }

  private float scoreOf(float comparison) {
    return switch (function) {
      case EUCLIDEAN -> VectorUtil.normalizeDistanceToUnitInterval(comparison);
      case DOT_PRODUCT -> VectorUtil.normalizeToUnitInterval(comparison);
      case MAXIMUM_INNER_PRODUCT -> VectorUtil.scaleMaxInnerProductScore(comparison);
      case COSINE -> throw new AssertionError(function);
    };
  }

  private record Supplier(GrowingFloatVectorValues values, VectorSimilarityFunction function)
      implements RandomVectorScorerSupplier {

    @Override
    public UpdateableRandomVectorScorer scorer() throws IOException {
      return new GrowingVectorsScorer(values, function);
    }

    @Override
    public RandomVectorScorerSupplier copy() {
      return this;
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.lucenelmdb.internal.kernels.Kernels;

/**
 * The metric by which vectors are compared: one of Lucene's similarity functions, or a metric for
 * which Lucene has no function. A field names such a metric in its {@link #ATTRIBUTE}, and its
 * similarity function in Lucene is {@link VectorSimilarityFunction#EUCLIDEAN}.
 */
public enum VectorMetric {
  /** {@link VectorSimilarityFunction#EUCLIDEAN}. */
  EUCLIDEAN(0, VectorSimilarityFunction.EUCLIDEAN),
  /** {@link VectorSimilarityFunction#DOT_PRODUCT}. */
  DOT_PRODUCT(1, VectorSimilarityFunction.DOT_PRODUCT),
  /** {@link VectorSimilarityFunction#COSINE}. */
  COSINE(2, VectorSimilarityFunction.COSINE),
  /** {@link VectorSimilarityFunction#MAXIMUM_INNER_PRODUCT}. */
  MAXIMUM_INNER_PRODUCT(3, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT),

  /** The sum of absolute differences. The score is 1 / (1 + distance). */
  MANHATTAN(4, null) {
    @Override
    RandomVectorScorerSupplier ownScorers(KnnVectorValues values) {
      return values instanceof FloatVectorValues floats
          ? DistanceScorer.supplier(floats, Kernels.best()::manhattan)
          : DistanceScorer.supplier((ByteVectorValues) values, Kernels.best()::manhattan);
    }

    @Override
    RandomVectorScorer ownScorer(FloatVectorValues values, float[] target) {
      return DistanceScorer.of(values, target, Kernels.best()::manhattan);
    }

    @Override
    RandomVectorScorer ownScorer(ByteVectorValues values, byte[] target) {
      return DistanceScorer.of(values, target, Kernels.best()::manhattan);
    }
  },

  /** The number of different bits of byte vectors. The score is 1 / (1 + distance). */
  HAMMING(5, null) {
    @Override
    boolean compares(VectorEncoding encoding) {
      return encoding == VectorEncoding.BYTE;
    }

    @Override
    RandomVectorScorerSupplier ownScorers(KnnVectorValues values) {
      return DistanceScorer.supplier((ByteVectorValues) values, VectorUtil::xorBitCount);
    }

    @Override
    RandomVectorScorer ownScorer(ByteVectorValues values, byte[] target) {
      return DistanceScorer.of(values, target, VectorUtil::xorBitCount);
    }
  };

  /** The attribute of a field that holds the name of its metric. */
  public static final String ATTRIBUTE = "LmdbHnswVectorsFormat.metric";

  private final byte number;
  private final VectorSimilarityFunction luceneFunction; // null if Lucene has none

  VectorMetric(int number, VectorSimilarityFunction luceneFunction) {
    this.number = (byte) number;
    this.luceneFunction = luceneFunction;
  }

  /** Returns the metric of one of Lucene's functions. */
  public static VectorMetric of(VectorSimilarityFunction function) {
    return switch (function) {
      case EUCLIDEAN -> EUCLIDEAN;
      case DOT_PRODUCT -> DOT_PRODUCT;
      case COSINE -> COSINE;
      case MAXIMUM_INNER_PRODUCT -> MAXIMUM_INNER_PRODUCT;
    };
  }

  /**
   * Returns the metric of a field: the one that its attribute names, or else that of its similarity
   * function.
   *
   * @throws IllegalArgumentException if the attribute names an unknown metric, or one that does not
   *     support the field's encoding or similarity function
   */
  public static VectorMetric of(FieldInfo info) {
    String name = info.getAttribute(ATTRIBUTE);
    if (name == null) {
      return of(info.getVectorSimilarityFunction());
    }
    VectorMetric metric = null;
    for (VectorMetric known : values()) {
      if (known.name().equals(name)) {
        metric = known;
      }
    }
    if (metric == null) {
      throw new IllegalArgumentException(
          "field=\""
              + info.name
              + "\" expects one of the metrics "
              + MANHATTAN
              + ", "
              + HAMMING
              + " in its attribute "
              + ATTRIBUTE
              + "; found "
              + name);
    }
    if (metric.compares(info.getVectorEncoding()) == false) {
      throw new IllegalArgumentException(
          "field=\""
              + info.name
              + "\" expects vectors of encoding BYTE, as its metric is "
              + metric
              + "; found "
              + info.getVectorEncoding());
    }
    if (metric.function() != info.getVectorSimilarityFunction()) {
      throw new IllegalArgumentException(
          "field=\""
              + info.name
              + "\" expects the similarity function "
              + metric.function()
              + ", as its metric is "
              + metric
              + "; found "
              + info.getVectorSimilarityFunction());
    }
    return metric;
  }

  /** Returns the metric of a number in a file; null if there is none. */
  public static VectorMetric of(byte number) {
    for (VectorMetric metric : values()) {
      if (metric.number == number) {
        return metric;
      }
    }
    return null;
  }

  /** Whether this is the metric of a field. */
  public boolean isOf(FieldInfo info) {
    String name = info.getAttribute(ATTRIBUTE);
    return (name == null ? luceneFunction != null : name.equals(name()))
        && function() == info.getVectorSimilarityFunction()
        && compares(info.getVectorEncoding());
  }

  /** The number of this metric in files. */
  public byte number() {
    return number;
  }

  /** Whether this is one of Lucene's functions. */
  public boolean isLuceneFunction() {
    return luceneFunction != null;
  }

  /** The similarity function of a field with this metric. */
  public VectorSimilarityFunction function() {
    return luceneFunction == null ? VectorSimilarityFunction.EUCLIDEAN : luceneFunction;
  }

  /**
   * Whether the scores of vectors in an encoding are a function of distances that can be divided.
   */
  public boolean hasDistances(VectorEncoding encoding) {
    return switch (this) {
      case EUCLIDEAN, COSINE, MANHATTAN, HAMMING -> true;
      case DOT_PRODUCT -> encoding == VectorEncoding.FLOAT32; // Lucene requires unit length
      case MAXIMUM_INNER_PRODUCT -> false;
    };
  }

  /**
   * Returns the score of a divided distance.
   *
   * @param score the score of the undivided distance
   * @param by at least 1; exactly 1 unless the metric {@linkplain #hasDistances has distances}
   */
  public float divideDistance(float score, float by) {
    if (by == 1) {
      return score;
    }
    return switch (this) {
      case EUCLIDEAN -> 1 / (1 + (1 / score - 1) / (by * by)); // a function of the squared distance
      case DOT_PRODUCT, COSINE ->
          1 - (1 - score) / (by * by); // 1 - score is a quarter of the squared distance
      case MANHATTAN, HAMMING -> 1 / (1 + (1 / score - 1) / by);
      case MAXIMUM_INNER_PRODUCT -> score;
    };
  }

  /**
   * Converts a score to the similarity in which errors of quantization are additive. This is the
   * dot product, or minus half the squared distance with EUCLIDEAN, or minus the distance with
   * MANHATTAN and HAMMING. It increases with the score. It is infinite or NaN if the score is out
   * of range.
   *
   * @param score the score of a scorer of this metric
   */
  public double similarity(float score, VectorEncoding encoding, int dimension) {
    return switch (this) {
      case EUCLIDEAN -> (1 - 1 / (double) score) / 2;
      case MANHATTAN, HAMMING -> 1 - 1 / (double) score;
      case COSINE -> 2 * (double) score - 1;
      case DOT_PRODUCT ->
          encoding == VectorEncoding.FLOAT32
              ? 2 * (double) score - 1
              : (score - 0.5) * dimension * (1 << 15);
      case MAXIMUM_INNER_PRODUCT -> score < 1 ? 1 - 1 / (double) score : (double) score - 1;
    };
  }

  /** Returns the fastest metric that gives vectors of unit length the same scores as this one. */
  public VectorMetric ofUnitVectors(VectorEncoding encoding) {
    return isOfAngles(encoding) ? DOT_PRODUCT : this;
  }

  /** Whether scores do not depend on the length of vectors, so that vectors may be normalized. */
  public boolean isOfAngles(VectorEncoding encoding) {
    return this == COSINE && encoding == VectorEncoding.FLOAT32;
  }

  /** Returns a supplier of scorers of vectors against each other. */
  public final RandomVectorScorerSupplier scorers(KnnVectorValues values) throws IOException {
    return luceneFunction == null
        ? ownScorers(values)
        : BlockVectorsScorer.INSTANCE.getRandomVectorScorerSupplier(luceneFunction, values);
  }

  /** Returns a scorer of vectors against a target. */
  public final RandomVectorScorer scorer(FloatVectorValues values, float[] target)
      throws IOException {
    return luceneFunction == null
        ? ownScorer(values, target)
        : BlockVectorsScorer.INSTANCE.getRandomVectorScorer(luceneFunction, values, target);
  }

  /** Returns a scorer of vectors against a target. */
  public final RandomVectorScorer scorer(ByteVectorValues values, byte[] target)
      throws IOException {
    return luceneFunction == null
        ? ownScorer(values, target)
        : BlockVectorsScorer.INSTANCE.getRandomVectorScorer(luceneFunction, values, target);
  }

  boolean compares(VectorEncoding encoding) {
    return true;
  }

  RandomVectorScorerSupplier ownScorers(KnnVectorValues values) {
    throw new AssertionError(this);
  }

  RandomVectorScorer ownScorer(FloatVectorValues values, float[] target) {
    throw new AssertionError(this);
  }

  RandomVectorScorer ownScorer(ByteVectorValues values, byte[] target) {
    throw new AssertionError(this);
  }
}

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
 * How the vectors of a field are compared: by one of Lucene's similarity functions, or by a metric
 * that Lucene has no function for. A field names the latter in its {@link #ATTRIBUTE}; to Lucene it
 * has the function {@link VectorSimilarityFunction#EUCLIDEAN}.
 */
public enum VectorMetric {
  /** Lucene's function of that name. */
  EUCLIDEAN(0, VectorSimilarityFunction.EUCLIDEAN),
  /** Lucene's function of that name. */
  DOT_PRODUCT(1, VectorSimilarityFunction.DOT_PRODUCT),
  /** Lucene's function of that name. */
  COSINE(2, VectorSimilarityFunction.COSINE),
  /** Lucene's function of that name. */
  MAXIMUM_INNER_PRODUCT(3, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT),

  /** The sum of the absolute differences; the score is 1 / (1 + that). */
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

  /** The number of bits that differ, of byte vectors; the score is 1 / (1 + that). */
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

  /** The attribute of a field's type that has the name of its metric. */
  public static final String ATTRIBUTE = "LmdbHnswVectorsFormat.metric";

  private final byte number;
  private final VectorSimilarityFunction lucenes; // null if Lucene has none

  VectorMetric(int number, VectorSimilarityFunction lucenes) {
    this.number = (byte) number;
    this.lucenes = lucenes;
  }

  /** The metric that Lucene has a function for. */
  public static VectorMetric of(VectorSimilarityFunction function) {
    return switch (function) {
      case EUCLIDEAN -> EUCLIDEAN;
      case DOT_PRODUCT -> DOT_PRODUCT;
      case COSINE -> COSINE;
      case MAXIMUM_INNER_PRODUCT -> MAXIMUM_INNER_PRODUCT;
    };
  }

  /**
   * The metric that a field asks for.
   *
   * @throws IllegalArgumentException if it asks for one that is not there, or not for such vectors
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

  /** The metric of a number in a file, null if there is none. */
  public static VectorMetric of(byte number) {
    for (VectorMetric metric : values()) {
      if (metric.number == number) {
        return metric;
      }
    }
    return null;
  }

  /** Whether it is the one that a field asks for. */
  public boolean isOf(FieldInfo info) {
    String name = info.getAttribute(ATTRIBUTE);
    return (name == null ? lucenes != null : name.equals(name()))
        && function() == info.getVectorSimilarityFunction()
        && compares(info.getVectorEncoding());
  }

  /** The number that stands for it in files. */
  public byte number() {
    return number;
  }

  /** Whether it is one of Lucene's functions. */
  public boolean isLucenes() {
    return lucenes != null;
  }

  /** The function that the field has to Lucene. */
  public VectorSimilarityFunction function() {
    return lucenes == null ? VectorSimilarityFunction.EUCLIDEAN : lucenes;
  }

  /**
   * Whether scores of vectors of an encoding are those of distances, of which one can be a multiple
   * of another.
   */
  public boolean hasDistances(VectorEncoding encoding) {
    return switch (this) {
      case EUCLIDEAN, COSINE, MANHATTAN, HAMMING -> true;
      case DOT_PRODUCT -> encoding == VectorEncoding.FLOAT32; // of unit length, as Lucene asks for
      case MAXIMUM_INNER_PRODUCT -> false;
    };
  }

  /**
   * The score of two vectors whose distance is that of two others divided by a number.
   *
   * @param score of the two others
   * @param by from 1 on; more only if there are {@linkplain #hasDistances distances}
   */
  public float divideDistance(float score, float by) {
    if (by == 1) {
      return score;
    }
    return switch (this) {
      case EUCLIDEAN -> 1 / (1 + (1 / score - 1) / (by * by)); // of the square
      case DOT_PRODUCT, COSINE -> 1 - (1 - score) / (by * by); // a quarter of the square
      case MANHATTAN, HAMMING -> 1 / (1 + (1 / score - 1) / by);
      case MAXIMUM_INNER_PRODUCT -> score;
    };
  }

  /**
   * What a score says of the vectors, in terms that errors of quantized vectors add to: the dot
   * product; of distances, minus half of the square with EUCLIDEAN, minus the distance with
   * MANHATTAN and HAMMING. Grows with the score; infinite or not a number where the score is out of
   * range.
   *
   * @param score that a scorer returned
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

  /**
   * The metric that has the same scores if vectors are of unit length, and computes them in less
   * time.
   */
  public VectorMetric ofUnitVectors(VectorEncoding encoding) {
    return isOfAngles(encoding) ? DOT_PRODUCT : this;
  }

  /** Whether lengths make no difference, and vectors may be divided by theirs. */
  public boolean isOfAngles(VectorEncoding encoding) {
    return this == COSINE && encoding == VectorEncoding.FLOAT32;
  }

  /** Makes scorers of vectors against each other. */
  public final RandomVectorScorerSupplier scorers(KnnVectorValues values) throws IOException {
    return lucenes == null
        ? ownScorers(values)
        : BlockVectorsScorer.INSTANCE.getRandomVectorScorerSupplier(lucenes, values);
  }

  /** A scorer of vectors against a target. */
  public final RandomVectorScorer scorer(FloatVectorValues values, float[] target)
      throws IOException {
    return lucenes == null
        ? ownScorer(values, target)
        : BlockVectorsScorer.INSTANCE.getRandomVectorScorer(lucenes, values, target);
  }

  /** A scorer of vectors against a target. */
  public final RandomVectorScorer scorer(ByteVectorValues values, byte[] target)
      throws IOException {
    return lucenes == null
        ? ownScorer(values, target)
        : BlockVectorsScorer.INSTANCE.getRandomVectorScorer(lucenes, values, target);
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

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;

/** The metrics by which vectors are near. The JSON has these names in lower case. */
public enum Metric {
  /** The angle. Vectors are normalized to unit length, so that the dot product ranks by it. */
  @JsonProperty("cosine")
  COSINE,
  /** The dot product of vectors of any length: larger is nearer. */
  @JsonProperty("dot")
  DOT,
  /** The Euclidean distance. */
  @JsonProperty("euclidean")
  EUCLIDEAN;

  /** The square of the maximum length: two vectors that are no longer have a finite score. */
  private static final double MAX_SQUARES = 1e36;

  /** The name in files and options: lower case. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the metric of a wire name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Metric of(String wireName) {
    for (Metric metric : values()) {
      if (metric.wireName().equals(wireName)) {
        return metric;
      }
    }
    String known = Arrays.stream(values()).map(Metric::wireName).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("expected one of " + known + ", found " + wireName);
  }

  /**
   * Prepares a vector for indexing or searching: {@link #COSINE} normalizes it to unit length.
   *
   * @param source the source of the vector, for the message
   * @param index the index of the vector, for the message
   * @throws BadDataException if a component is not finite, the vector is so long that scores are
   *     not finite (1e18), or all components are zero and the metric is {@link #COSINE}
   */
  public void prepare(float[] vector, String source, int index) throws BadDataException {
    // Not VectorUtil, which sums floats and can overflow.
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (Double.isFinite(squares) == false) {
      throw new BadDataException(
          source + ": expected finite components of vector " + index + ", found others");
    }
    if (this != COSINE) {
      if (squares > MAX_SQUARES) {
        throw new BadDataException(
            source
                + (": expected a length of at most " + (float) Math.sqrt(MAX_SQUARES))
                + (" of vector " + index + ", found " + Math.sqrt(squares)));
      }
      return;
    }
    if (squares == 0) {
      throw new BadDataException(
          source + ": expected a direction of vector " + index + ", found zeros (metric cosine)");
    }
    double factor = 1 / Math.sqrt(squares);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * factor);
    }
  }

  /** Lucene's function that ranks prepared vectors as {@link #score} does. */
  public VectorSimilarityFunction similarity() {
    return switch (this) {
      case COSINE -> VectorSimilarityFunction.DOT_PRODUCT;
      case DOT -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
      case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
    };
  }

  /**
   * The score of two prepared vectors, larger is nearer: the dot product, or the negative squared
   * distance.
   */
  public float score(float[] a, float[] b) {
    return this == EUCLIDEAN ? -VectorUtil.squareDistance(a, b) : VectorUtil.dotProduct(a, b);
  }
}

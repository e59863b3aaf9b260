/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.mapper;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.lucenelmdb.LmdbHnswFieldTypes;

/** The metric of a field, by the name that users of OpenSearch's k-NN know. */
public enum SpaceType {
  /** Euclidean distance: a score is 1 / (1 + d²). */
  L2(VectorSimilarityFunction.EUCLIDEAN),
  /** Cosine: a score is (1 + cosine) / 2. */
  COSINESIMIL(VectorSimilarityFunction.COSINE),
  /** Inner product p: a score is 1 + p, or 1 / (1 - p) if p is negative. */
  INNERPRODUCT(VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT),
  /** Manhattan distance: a score is 1 / (1 + d). */
  L1(null),
  /** Hamming distance of bytes as strings of bits: a score is 1 / (1 + d). */
  HAMMING(null);

  private final VectorSimilarityFunction function;

  SpaceType(VectorSimilarityFunction function) {
    this.function = function;
  }

  /** The name in mappings. */
  public String mappingName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether a zero vector has no score. */
  public boolean rejectsZeroVectors() {
    return this == COSINESIMIL;
  }

  /** Whether vectors of an encoding can be compared. */
  public boolean compares(VectorEncoding encoding) {
    return this != HAMMING || encoding == VectorEncoding.BYTE;
  }

  /** The Lucene type of a field. */
  FieldType fieldType(VectorEncoding encoding, int dimension) {
    boolean isFloat = encoding == VectorEncoding.FLOAT32;
    return switch (this) {
      case L1 ->
          isFloat
              ? LmdbHnswFieldTypes.floatManhattan(dimension)
              : LmdbHnswFieldTypes.byteManhattan(dimension);
      case HAMMING -> LmdbHnswFieldTypes.byteHamming(dimension);
      case L2, COSINESIMIL, INNERPRODUCT ->
          isFloat
              ? KnnFloatVectorField.createFieldType(dimension, function)
              : KnnByteVectorField.createFieldType(dimension, function);
    };
  }

  /**
   * Finds a space type by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static SpaceType of(String name) {
    for (SpaceType type : values()) {
      if (type.mappingName().equals(name)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "expected one of "
            + Arrays.stream(values()).map(SpaceType::mappingName).collect(Collectors.joining(", "))
            + "; found ["
            + name
            + "]");
  }
}

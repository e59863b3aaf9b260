/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Random;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorSimilarityFunction;

/**
 * A field of a golden index, whose vectors are computed from the document number.
 *
 * @param metric the metric's number in the metadata file
 * @param sparse whether every third document has no vector
 * @param bits the number of bits of codes, 0 for none
 */
record GoldenField(
    String name, boolean isFloat, int metric, int dimension, boolean sparse, int bits) {

  static final int EUCLIDEAN = 0;
  static final int COSINE = 2;
  static final int MAXIMUM_INNER_PRODUCT = 3;
  static final int MANHATTAN = 4;
  static final int HAMMING = 5;

  /** The vector of a document, null if it has none. */
  float[] vector(int doc) {
    if (sparse && doc % 3 == 2) {
      return null;
    }
    switch (name) {
      case "sparse":
        return new float[] {doc % 7 - 3, doc % 11, doc * 0.25f - 5};
      case "clusters":
        float sign = doc % 2 == 0 ? 20 : -20;
        return new float[] {sign + doc % 7, doc % 5, sign, doc % 3, -sign, doc % 11, 1, doc % 13};
      case "bytes":
        return new float[] {doc % 13 + 1, doc % 160 - 35, doc % 5};
      default:
        Random random = new Random(31L * name.hashCode() + doc);
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) {
          int x = random.nextInt(64) + random.nextInt(64) - 63 + i;
          vector[i] = isFloat ? x / 16f : x;
        }
        return vector;
    }
  }

  byte[] bytes(int doc) {
    float[] vector = vector(doc);
    byte[] bytes = new byte[vector.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) vector[i];
    }
    return bytes;
  }

  FieldType type() {
    if (metric == HAMMING) {
      return LmdbHnswFieldTypes.byteHamming(dimension);
    }
    if (metric == MANHATTAN) {
      return isFloat
          ? LmdbHnswFieldTypes.floatManhattan(dimension)
          : LmdbHnswFieldTypes.byteManhattan(dimension);
    }
    VectorSimilarityFunction function =
        switch (metric) {
          case EUCLIDEAN -> VectorSimilarityFunction.EUCLIDEAN;
          case COSINE -> VectorSimilarityFunction.COSINE;
          default -> VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;
        };
    return isFloat
        ? KnnFloatVectorField.createFieldType(dimension, function)
        : KnnByteVectorField.createFieldType(dimension, function);
  }

  Field field(int doc) {
    return isFloat
        ? new KnnFloatVectorField(name, vector(doc), type())
        : new KnnByteVectorField(name, bytes(doc), type());
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.util.SplittableRandom;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;

/** Vectors of length 1 in all directions; as bytes, scaled to length 127. */
record Vectors(int count, int dimension, VectorEncoding encoding) {

  static final VectorSimilarityFunction SIMILARITY = VectorSimilarityFunction.DOT_PRODUCT;

  /** The target of searches; it is not among the vectors. */
  float[] target() {
    return floats(count);
  }

  float[] floats(int ord) {
    SplittableRandom random = new SplittableRandom(Expansion.SEED + ord);
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return VectorUtil.l2normalize(vector);
  }

  static byte[] bytes(float[] floats) {
    byte[] vector = new byte[floats.length];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (byte) Math.round(127 * floats[i]);
    }
    return vector;
  }

  Field field(int ord) {
    float[] vector = floats(ord);
    return switch (encoding) {
      case FLOAT32 -> new KnnFloatVectorField(Indexes.FIELD, vector, SIMILARITY);
      case BYTE -> new KnnByteVectorField(Indexes.FIELD, bytes(vector), SIMILARITY);
    };
  }
}

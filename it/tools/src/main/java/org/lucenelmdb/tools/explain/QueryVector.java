/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The vector of a query, in the encoding of its field.
 *
 * @param floats the components
 * @param bytes the components; null if the encoding is not that of bytes
 */
record QueryVector(float[] floats, byte[] bytes) {

  /**
   * Converts a vector to the encoding of a field.
   *
   * @throws IllegalArgumentException if it does not fit the field
   */
  static QueryVector of(float[] vector, VectorEncoding encoding, int dimension) {
    if (vector.length != dimension) {
      throw new IllegalArgumentException(
          "expected a query of " + dimension + " dimensions; found " + vector.length);
    }
    byte[] bytes = encoding == VectorEncoding.BYTE ? new byte[dimension] : null;
    float[] floats = vector.clone();
    for (int i = 0; i < dimension; i++) {
      float value = vector[i];
      if (Float.isFinite(value) == false) {
        throw new IllegalArgumentException("expected finite components; found " + value);
      }
      if (bytes != null) {
        if (value != (int) value || value < Byte.MIN_VALUE || value > 255) {
          throw new IllegalArgumentException(
              "expected bytes, from -128 to 127 or 0 to 255; found " + value);
        }
        bytes[i] = (byte) (int) value;
        floats[i] = bytes[i];
      }
    }
    return new QueryVector(floats, bytes);
  }

  /** The vector of an ordinal. */
  static QueryVector of(KnnVectorValues values, int ord) throws IOException {
    if (values instanceof FloatVectorValues vectors) {
      return new QueryVector(vectors.vectorValue(ord).clone(), null);
    }
    byte[] bytes = ((ByteVectorValues) values).vectorValue(ord).clone();
    float[] floats = new float[bytes.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = bytes[i];
    }
    return new QueryVector(floats, bytes);
  }

  /** The vectors of a field in a segment; null if it has none. */
  static KnnVectorValues values(LeafReader reader, String field, VectorEncoding encoding)
      throws IOException {
    return encoding == VectorEncoding.BYTE
        ? reader.getByteVectorValues(field)
        : reader.getFloatVectorValues(field);
  }

  /** The query. */
  Query query(String field, int k, Query filter, KnnSearchStrategy strategy) {
    return bytes == null
        ? new KnnFloatVectorQuery(field, floats, k, filter, strategy)
        : new KnnByteVectorQuery(field, bytes, k, filter, strategy);
  }

  /** Scores vectors as a search does. */
  RandomVectorScorer scorer(VectorMetric metric, KnnVectorValues values) throws IOException {
    return bytes == null
        ? metric.scorer((FloatVectorValues) values, floats)
        : metric.scorer((ByteVectorValues) values, bytes);
  }

  /** Scores vectors of any format. */
  VectorScorer scorer(KnnVectorValues values) throws IOException {
    return bytes == null
        ? ((FloatVectorValues) values).scorer(floats)
        : ((ByteVectorValues) values).scorer(bytes);
  }

  /** Whether all components are zero. */
  boolean isZero() {
    for (float value : floats) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}

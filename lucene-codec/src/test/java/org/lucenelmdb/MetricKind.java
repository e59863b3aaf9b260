/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenByteKnnVectorQuery;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.tests.util.LuceneTestCase;

/** A metric that Lucene lacks, with an encoding. Vectors are {@code float[]} or {@code byte[]}. */
enum MetricKind {
  FLOAT_MANHATTAN {
    @Override
    FieldType type(int dimension) {
      return LmdbHnswFieldTypes.floatManhattan(dimension);
    }

    @Override
    double distance(Object a, Object b) {
      double sum = 0;
      for (int i = 0; i < ((float[]) a).length; i++) {
        sum += Math.abs((double) ((float[]) a)[i] - ((float[]) b)[i]);
      }
      return sum;
    }
  },
  BYTE_MANHATTAN {
    @Override
    FieldType type(int dimension) {
      return LmdbHnswFieldTypes.byteManhattan(dimension);
    }

    @Override
    double distance(Object a, Object b) {
      int sum = 0;
      for (int i = 0; i < ((byte[]) a).length; i++) {
        sum += Math.abs(((byte[]) a)[i] - ((byte[]) b)[i]);
      }
      return sum;
    }
  },
  BYTE_HAMMING {
    @Override
    FieldType type(int dimension) {
      return LmdbHnswFieldTypes.byteHamming(dimension);
    }

    @Override
    double distance(Object a, Object b) {
      int sum = 0;
      for (int i = 0; i < 8 * ((byte[]) a).length; i++) {
        boolean x = (((byte[]) a)[i / 8] >> i % 8 & 1) == 1;
        boolean y = (((byte[]) b)[i / 8] >> i % 8 & 1) == 1;
        sum += x == y ? 0 : 1;
      }
      return sum;
    }
  };

  abstract FieldType type(int dimension);

  abstract double distance(Object a, Object b);

  float score(Object a, Object b) {
    return (float) (1 / (1 + distance(a, b)));
  }

  /** Vectors around a few centers. */
  Object[] vectors(int count, int dimension) {
    if (this == FLOAT_MANHATTAN) {
      return Vectors.clustered(LuceneTestCase.random(), count, dimension);
    }
    byte[][] centers = new byte[1 + count / 50][dimension];
    for (byte[] center : centers) {
      LuceneTestCase.random().nextBytes(center);
    }
    Object[] vectors = new Object[count];
    for (int i = 0; i < count; i++) {
      byte[] vector = centers[LuceneTestCase.random().nextInt(centers.length)].clone();
      for (int j = 0; j < dimension; j++) {
        if (LuceneTestCase.random().nextInt(2) == 0) {
          vector[j] = (byte) LuceneTestCase.random().nextInt(256);
        }
      }
      vectors[i] = vector;
    }
    return vectors;
  }

  Field field(Object vector, FieldType type) {
    return this == FLOAT_MANHATTAN
        ? new KnnFloatVectorField(MetricTestCase.FIELD, (float[]) vector, type)
        : new KnnByteVectorField(MetricTestCase.FIELD, (byte[]) vector, type);
  }

  Query nearest(Object target, int k, Query filter) {
    return this == FLOAT_MANHATTAN
        ? new KnnFloatVectorQuery(MetricTestCase.FIELD, (float[]) target, k, filter)
        : new KnnByteVectorQuery(MetricTestCase.FIELD, (byte[]) target, k, filter);
  }

  Query within(Object target, float score) {
    return this == FLOAT_MANHATTAN
        ? SimilarityQueries.floats(MetricTestCase.FIELD, (float[]) target, score)
        : SimilarityQueries.bytes(MetricTestCase.FIELD, (byte[]) target, score);
  }

  Query diversified(Object target, int k, BitSetProducer parents) {
    return this == FLOAT_MANHATTAN
        ? new DiversifyingChildrenFloatKnnVectorQuery(
            MetricTestCase.FIELD, (float[]) target, null, k, parents)
        : new DiversifyingChildrenByteKnnVectorQuery(
            MetricTestCase.FIELD, (byte[]) target, null, k, parents);
  }

  KnnVectorValues values(LeafReader leaf) throws IOException {
    return this == FLOAT_MANHATTAN
        ? leaf.getFloatVectorValues(MetricTestCase.FIELD)
        : leaf.getByteVectorValues(MetricTestCase.FIELD);
  }

  VectorScorer scorer(LeafReader leaf, Object target) throws IOException {
    return this == FLOAT_MANHATTAN
        ? leaf.getFloatVectorValues(MetricTestCase.FIELD).scorer((float[]) target)
        : leaf.getByteVectorValues(MetricTestCase.FIELD).scorer((byte[]) target);
  }
}

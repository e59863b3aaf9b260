/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.apache.lucene.util.hnsw.RandomVectorScorerSupplier;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;

/** Tests metrics and their scorers, also with values of other classes. */
public class TestVectorMetric extends LuceneTestCase {

  public void testNumbers() {
    // these numbers are in files and must not change
    assertEquals(0, VectorMetric.EUCLIDEAN.number());
    assertEquals(1, VectorMetric.DOT_PRODUCT.number());
    assertEquals(2, VectorMetric.COSINE.number());
    assertEquals(3, VectorMetric.MAXIMUM_INNER_PRODUCT.number());
    assertEquals(4, VectorMetric.MANHATTAN.number());
    assertEquals(5, VectorMetric.HAMMING.number());
    for (VectorMetric metric : VectorMetric.values()) {
      assertSame(metric, VectorMetric.of(metric.number()));
    }
    assertNull(VectorMetric.of((byte) 6));
    assertNull(VectorMetric.of((byte) -1));
    for (VectorSimilarityFunction function : VectorSimilarityFunction.values()) {
      assertSame(function, VectorMetric.of(function).function());
      assertTrue(VectorMetric.of(function).isLuceneFunction());
      assertEquals(function.name(), VectorMetric.of(function).name());
    }
  }

  public void testFloatScorers() throws IOException {
    int dimension = 1 + random().nextInt(100);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      float[] vector = new float[dimension];
      for (int j = 0; j < dimension; j++) {
        vector[j] = (float) random().nextGaussian();
      }
      vectors.add(vector);
    }
    FloatVectorValues values = FloatVectorValues.fromFloats(vectors, dimension);
    float[][] scores = new float[vectors.size()][vectors.size()];
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        double sum = 0;
        for (int k = 0; k < dimension; k++) {
          sum += Math.abs((double) vectors.get(i)[k] - vectors.get(j)[k]);
        }
        scores[i][j] = (float) (1 / (1 + sum));
      }
      RandomVectorScorer scorer = VectorMetric.MANHATTAN.scorer(values, vectors.get(i));
      checkScorer(scorer, scores[i]);
    }
    checkScorers(VectorMetric.MANHATTAN, values, scores);
    IllegalArgumentException e =
        expectThrows(
            IllegalArgumentException.class,
            () -> VectorMetric.MANHATTAN.scorer(values, new float[dimension + 1]));
    assertTrue(e.getMessage(), e.getMessage().contains("dimension: " + (dimension + 1)));
  }

  public void testByteScorers() throws IOException {
    int dimension = 1 + random().nextInt(100);
    List<byte[]> vectors = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      byte[] vector = new byte[dimension];
      random().nextBytes(vector);
      vectors.add(vector);
    }
    ByteVectorValues values = ByteVectorValues.fromBytes(vectors, dimension);
    for (VectorMetric metric : new VectorMetric[] {VectorMetric.MANHATTAN, VectorMetric.HAMMING}) {
      float[][] scores = new float[vectors.size()][vectors.size()];
      for (int i = 0; i < scores.length; i++) {
        for (int j = 0; j < scores.length; j++) {
          int sum = 0;
          for (int k = 0; k < dimension; k++) {
            int x = vectors.get(i)[k];
            int y = vectors.get(j)[k];
            sum +=
                metric == VectorMetric.MANHATTAN
                    ? Math.abs(x - y)
                    : Integer.bitCount((x ^ y) & 0xFF);
          }
          scores[i][j] = 1f / (1 + sum);
        }
        checkScorer(metric.scorer(values, vectors.get(i)), scores[i]);
      }
      checkScorers(metric, values, scores);
      expectThrows(
          IllegalArgumentException.class, () -> metric.scorer(values, new byte[dimension + 1]));
    }
  }

  /** Scores of finite vectors are never NaN. The cosine of a zero vector is 0. */
  public void testUndefinedScores() throws IOException {
    float[][] floats = {
      new float[3],
      {1, 2, 3},
      {-1, -2, -3.5f},
      {Float.MIN_VALUE, 0, 1e-30f}, // its square is 0
      new float[3],
      {0, 0, -1}
    };
    float[][] cosines = new float[floats.length][floats.length];
    for (int i = 0; i < floats.length; i++) {
      for (int j = 0; j < floats.length; j++) {
        boolean hasLengths = i % 4 != 0 && i != 3 && j % 4 != 0 && j != 3;
        cosines[i][j] =
            hasLengths ? VectorSimilarityFunction.COSINE.compare(floats[i], floats[j]) : 0.5f;
      }
    }
    FloatVectorValues values = FloatVectorValues.fromFloats(List.of(floats), 3);
    for (int i = 0; i < floats.length; i++) {
      checkScorer(VectorMetric.COSINE.scorer(values, floats[i]), cosines[i]);
    }
    checkScorers(VectorMetric.COSINE, values, cosines);

    byte[][] bytes = {new byte[3], {1, 2, 3}, {-128, -128, -128}, new byte[3], {0, 0, 1}};
    cosines = new float[bytes.length][bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      for (int j = 0; j < bytes.length; j++) {
        boolean hasLengths = i % 3 != 0 && j % 3 != 0;
        cosines[i][j] =
            hasLengths ? VectorSimilarityFunction.COSINE.compare(bytes[i], bytes[j]) : 0.5f;
      }
    }
    ByteVectorValues byteValues = ByteVectorValues.fromBytes(List.of(bytes), 3);
    for (int i = 0; i < bytes.length; i++) {
      checkScorer(VectorMetric.COSINE.scorer(byteValues, bytes[i]), cosines[i]);
    }
    checkScorers(VectorMetric.COSINE, byteValues, cosines);
  }

  /** Where Lucene's score is NaN, it becomes that of a right angle, or 0. */
  public void testScoresOfNaN() throws IOException {
    int size = 1 + random().nextInt(50);
    FloatVectorValues values =
        FloatVectorValues.fromFloats(Collections.nCopies(size, new float[1]), 1);
    for (VectorSimilarityFunction function : VectorSimilarityFunction.values()) {
      float[] given = new float[size];
      float[] expected = new float[size];
      for (int i = 0; i < size; i++) {
        boolean isNaN = random().nextInt(5) == 0;
        given[i] = isNaN ? Float.NaN : random().nextFloat();
        expected[i] = isNaN ? function == VectorSimilarityFunction.COSINE ? 0.5f : 0 : given[i];
      }
      RandomVectorScorer scorer =
          new RandomVectorScorer.AbstractRandomVectorScorer(values) {
            @Override
            public float score(int ord) {
              return given[ord];
            }
          };
      checkScorer(DefinedScorer.of(function, values, scorer), expected);
    }
    float[][] floats = {{1, Float.NaN}, {1, 2}, {Float.NaN, Float.NaN}};
    checkScorer(
        VectorMetric.MANHATTAN.scorer(
            FloatVectorValues.fromFloats(List.of(floats), 2), new float[2]),
        new float[] {0, 1f / 4, 0});
  }

  private static void checkScorer(RandomVectorScorer scorer, float[] expected) throws IOException {
    assertEquals(expected.length, scorer.maxOrd());
    int[] ords = new int[1 + random().nextInt(40)];
    float[] scores = new float[ords.length];
    float max = Float.NEGATIVE_INFINITY;
    for (int i = 0; i < ords.length; i++) {
      ords[i] = random().nextInt(expected.length);
      float one = scorer.score(ords[i]);
      assertEquals(expected[ords[i]], one, 1e-5f * expected[ords[i]] + 1e-9f);
      max = Math.max(max, one);
    }
    assertEquals(max, scorer.bulkScore(ords, scores, ords.length), 0f);
    for (int i = 0; i < ords.length; i++) {
      assertEquals(scorer.score(ords[i]), scores[i], 0f);
    }
  }

  /** Scorers of a supplier and of its copies do not affect each other. */
  private static void checkScorers(VectorMetric metric, KnnVectorValues values, float[][] expected)
      throws IOException {
    RandomVectorScorerSupplier supplier = metric.scorers(values);
    UpdateableRandomVectorScorer[] scorers = {
      supplier.scorer(), supplier.scorer(), supplier.copy().scorer()
    };
    int[] at = new int[scorers.length];
    for (int i = 0; i < scorers.length; i++) {
      at[i] = random().nextInt(expected.length);
      scorers[i].setScoringOrdinal(at[i]);
    }
    for (int step = 0; step < 100; step++) {
      int i = random().nextInt(scorers.length);
      if (random().nextBoolean()) {
        at[i] = random().nextInt(expected.length);
        scorers[i].setScoringOrdinal(at[i]);
      }
      checkScorer(scorers[i], expected[at[i]]);
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.codes.CodeSample.Variant;

/** Compares the scores of records with the documented formulas. */
public class TestQuantizedQuery extends LuceneTestCase {

  private Path path;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    path = createTempDir();
  }

  private static float[][] vectors(Variant variant, int count, int dimension) {
    return vectors(variant, count, dimension, VectorEncoding.FLOAT32);
  }

  private static float[][] vectors(
      Variant variant, int count, int dimension, VectorEncoding encoding) {
    return CodeVectors.vectors(random(), variant.metric(), count, dimension, encoding);
  }

  private static int[] dimensions() {
    return TEST_NIGHTLY
        ? new int[] {1, 2, 7, 8, 63, 64, 65, 384, 1000, 4096, 1 + random().nextInt(300)}
        : new int[] {1, 2, 7, 8, 63, 64, 65, 384, 1 + random().nextInt(300)};
  }

  /** Checks each score against the documented formula. */
  private static void checkFormula(String message, CodeSample sample) {
    double[] expected = new double[sample.records.length];
    double[] tolerance = new double[expected.length];
    switch (sample.model.layout().kind()) {
      case CENTROIDS -> expectCentroids(sample, expected, tolerance);
      case INTERVALS -> expectIntervals(sample, expected, tolerance);
      case LEVELS -> expectLevels(sample, expected, tolerance);
      default -> throw new AssertionError();
    }
    float[] scores = sample.scores();
    for (int ord = 0; ord < scores.length; ord++) {
      assertEquals(message, expected[ord], scores[ord], tolerance[ord]);
    }
    checkErrorScales(message, sample, scores);
  }

  private static void expectCentroids(CodeSample sample, double[] expected, double[] tolerance) {
    double[] quantized = sample.quantizedQuery();
    float[] y = sample.model.preparation().apply(sample.target);
    for (int ord = 0; ord < expected.length; ord++) {
      double scale = sample.correctiveTerm(ord, 0);
      expected[ord] = sample.correctiveTerm(ord, 1);
      double size = Math.abs(expected[ord]);
      for (int i = 0; i < y.length; i++) {
        expected[ord] += scale * sample.value(ord, i) * quantized[i];
        size += 2 * scale * (1 << sample.model.layout().bits()) * Math.abs(quantized[i]);
      }
      if (sample.model.centroids().length > 0) {
        float[] c = sample.model.centroids()[sample.centroid(ord)];
        expected[ord] += CodeVectors.dot(y, c);
        size += Math.sqrt(CodeVectors.dot(y, y) * CodeVectors.dot(c, c));
      }
      tolerance[ord] = 1e-5 * size;
    }
  }

  private static void expectIntervals(CodeSample sample, double[] expected, double[] tolerance) {
    double[] y = sample.quantizedQuery();
    for (int ord = 0; ord < expected.length; ord++) {
      double lowerBound = sample.correctiveTerm(ord, 0);
      double scale = sample.correctiveTerm(ord, 1);
      expected[ord] = sample.correctiveTerm(ord, 2);
      double size = Math.abs(expected[ord]);
      for (int i = 0; i < y.length; i++) {
        expected[ord] += (lowerBound + scale * sample.component(ord, i)) * y[i];
        size += (Math.abs(lowerBound) + 255 * scale) * Math.abs(y[i]);
      }
      tolerance[ord] = 2e-5 * size;
    }
  }

  private static void expectLevels(CodeSample sample, double[] expected, double[] tolerance) {
    CodeLayout layout = sample.model.layout();
    int dimension = layout.dimension();
    float[] levels = CodeQuantizer.levels(layout.bits());
    double[][] changes = new double[layout.bits()][];
    double base = 0;
    double size = 0;
    float[] values = new float[dimension];
    for (int plane = 0; plane < changes.length; plane++) {
      for (int i = 0; i < dimension; i++) {
        float y = sample.target[i] - sample.model.mean()[i];
        float above = Math.abs(y - sample.model.deviations()[i] * levels[plane + 1]);
        float below = Math.abs(y - sample.model.deviations()[i] * levels[plane]);
        values[i] = above - below;
        base += plane == 0 ? below : 0;
        size += above + below;
      }
      QuantizedWeights weights = new QuantizedWeights(layout, sample.model.queryBits());
      weights.set(values);
      changes[plane] = CodeSample.values(weights, layout);
    }
    for (int ord = 0; ord < expected.length; ord++) {
      expected[ord] = -base;
      for (int i = 0; i < dimension; i++) {
        for (int plane = 0; plane < changes.length; plane++) {
          expected[ord] -= sample.bit(ord, plane, i) * changes[plane][i];
        }
      }
      tolerance[ord] = 1e-4 * size;
    }
  }

  /**
   * The error of a dot product scales with the distance of the query from the centroid, that of a
   * distance with the distance.
   */
  private static void checkErrorScales(String message, CodeSample sample, float[] scores) {
    float[] y = sample.model.preparation().apply(sample.target);
    for (int ord = 0; ord < scores.length; ord++) {
      double found = sample.query.errorScale(sample.records[ord], scores[ord]);
      double length = Math.sqrt(CodeVectors.dot(y, y));
      double expected =
          switch (sample.model.layout().kind()) {
            case CENTROIDS -> {
              float[] r = y.clone();
              if (sample.model.centroids().length > 0) {
                CodeVectors.add(r, sample.model.centroids()[sample.centroid(ord)], -1);
              }
              yield sample.correctiveTerm(ord, 0) * Math.sqrt(CodeVectors.dot(r, r));
            }
            case INTERVALS -> sample.correctiveTerm(ord, 1) * length;
            case LEVELS -> Math.abs(scores[ord]);
          };
      double scale =
          sample.model.layout().kind() == Kind.CENTROIDS ? sample.correctiveTerm(ord, 0) : 1;
      // computed from a difference of squares
      assertEquals(message, expected, found, 1e-4 * expected + 2e-3 * scale * length);
    }
  }

  /** Checks that records have the same scores in place as copied. */
  private void checkMapped(String message, CodeSample sample) throws IOException {
    if (sample.query.canScoreInPlace() == false) {
      assertEquals(message, 8, sample.model.layout().bits());
      return;
    }
    assertArrayEquals(message, sample.scores(), sample.mappedScores(path), 0f);
  }

  public void testScores() throws IOException {
    for (Variant variant : CodeSample.variants(random())) {
      for (int dimension : dimensions()) {
        for (VectorEncoding encoding : VectorEncoding.values()) {
          String message = variant + ", " + dimension + " x " + encoding;
          float[][] vectors = vectors(variant, 10, dimension, encoding);
          float[] target =
              random().nextInt(4) == 0 ? vectors[3] : vectors(variant, 1, dimension, encoding)[0];
          CodeSample sample = new CodeSample(random(), variant, vectors, target);
          checkFormula(message, sample);
          checkMapped(message, sample);
          // reuse the objects for another query
          float[] again = CodeVectors.vector(random(), dimension, encoding);
          sample.setTarget(again);
          CodeSample other = new CodeSample(random(), sample.model, vectors, again);
          assertArrayEquals(message, other.scores(), sample.scores(), 0f);
        }
      }
    }
  }

  public void testEqualVectors() throws IOException {
    for (Variant variant : CodeSample.variants(random())) {
      for (int dimension : new int[] {1, 2, 9, 64, 100}) {
        float[] vector = vectors(variant, 1, dimension)[0];
        if (random().nextBoolean()) {
          Arrays.fill(vector, 0.5f);
        }
        float[][] vectors = new float[5][];
        Arrays.fill(vectors, vector);
        // the centered query is zero, or not
        float[] other = CodeVectors.vector(random(), dimension, VectorEncoding.FLOAT32);
        for (float[] target : new float[][] {vector, other}) {
          String message = variant + ", " + dimension;
          CodeSample sample = new CodeSample(random(), variant, vectors, target);
          if (variant.kind() == Kind.INTERVALS) {
            checkFormula(message, sample);
          }
          checkMapped(message, sample);
          float[] scores = sample.scores();
          for (float score : scores) {
            assertTrue(message + ": " + score, Float.isFinite(score));
            assertEquals(message, scores[0], score, 0f);
          }
        }
      }
    }
  }

  public void testConstantDimension() throws IOException {
    for (Variant variant : CodeSample.variants(random())) {
      float[][] vectors = vectors(variant, 20, 10);
      for (float[] vector : vectors) {
        vector[3] = 1;
      }
      CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
      checkFormula(variant.toString(), sample);
      checkMapped(variant.toString(), sample);
    }
  }

  /** Zero vectors, which other formats accept with COSINE too, and a zero query. */
  public void testZeroVectors() throws IOException {
    for (Variant variant : CodeSample.variants(random())) {
      for (int dimension : new int[] {1, 5, 64, 100}) {
        String message = variant + ", " + dimension;
        float[][] vectors = vectors(variant, 10, dimension);
        vectors[4] = new float[dimension];
        vectors[7] = new float[dimension];
        CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
        checkFormula(message, sample);
        checkMapped(message, sample);
        sample.setTarget(new float[dimension]);
        checkFormula(message, sample);
        checkMapped(message, sample);
        for (float score : sample.scores()) {
          assertTrue(message, Float.isFinite(score));
        }
      }
    }
    for (Variant variant : CodeSample.variants(random())) {
      float[][] zeros = new float[3][7];
      CodeSample sample = new CodeSample(random(), variant, zeros, new float[7]);
      for (float score : sample.scores()) {
        assertEquals(variant.toString(), 0, score, 0);
      }
    }
  }

  /** A corrupt record may have a centroid out of range. Another centroid is used. */
  public void testCentroidsOutOfRange() throws IOException {
    int[] numbers = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 16, 7, 8, 9, 100};
    for (Variant variant : CodeSample.variants(random())) {
      if (variant.kind() != Kind.CENTROIDS) {
        continue;
      }
      float[][] vectors = vectors(variant, numbers.length, 20);
      CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
      for (int ord = 0; ord < numbers.length; ord++) {
        CodeSample.view(sample.records[ord]).putInt(12, numbers[ord]);
      }
      checkMapped(variant.toString(), sample);
      float[] scores = sample.scores();
      for (int ord = 0; ord < numbers.length; ord++) {
        assertTrue(variant.toString(), Float.isFinite(scores[ord]));
        double scale = sample.query.errorScale(sample.records[ord], scores[ord]);
        assertTrue(variant.toString(), scale >= 0 && Double.isFinite(scale));
        int count = Math.max(1, variant.centroids());
        byte[] record = sample.records[ord].clone();
        CodeSample.view(record).putInt(12, Integer.remainderUnsigned(numbers[ord], count));
        assertEquals(scores[ord], sample.query.score(sample.withSlack(record)), 0f);
      }
    }
  }

  public void testExtremeMagnitudes() throws IOException {
    float[] magnitudes = {
      Float.MIN_VALUE, 1e-38f, 1e-25f, 1e-20f, 1e15f, 1e19f, 1e25f, Float.MAX_VALUE / 10
    };
    for (Variant variant : CodeSample.variants(random())) {
      for (int dimension : new int[] {1, 2, 65, 384}) {
        float magnitude = magnitudes[random().nextInt(magnitudes.length)];
        float[][] vectors = new float[10][];
        Arrays.setAll(vectors, v -> extreme(dimension, magnitude));
        vectors[9] = random().nextBoolean() ? new float[dimension] : vectors[9];
        float[] target = extreme(dimension, magnitudes[random().nextInt(magnitudes.length)]);
        CodeSample sample = new CodeSample(random(), variant, vectors, target);
        checkMapped(variant.toString(), sample);
        for (int ord = 0; ord < vectors.length; ord++) {
          assertEquals(ord, sample.ordinal(ord));
          for (int i = 0; i < 2 && variant.kind() == Kind.CENTROIDS; i++) {
            assertTrue(Float.isFinite(sample.correctiveTerm(ord, i)));
          }
        }
      }
    }
  }

  private static float[] extreme(int dimension, float magnitude) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      int sign = random().nextBoolean() ? 1 : -1;
      vector[i] = random().nextInt(4) == 0 ? sign * Float.MAX_VALUE : sign * magnitude;
      if (random().nextInt(4) > 0 || magnitude < 1) {
        vector[i] = sign * magnitude * (1 + random().nextInt(9));
      }
    }
    return vector;
  }
}

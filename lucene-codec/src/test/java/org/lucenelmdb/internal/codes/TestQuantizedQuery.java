/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.codes.CodeSample.Variant;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Records and their scores against what they are documented to be. */
public class TestQuantizedQuery extends LuceneTestCase {

  private Path path;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    path = createTempDir();
  }

  /** All that records can be: those of today, and those in segments of version 1. */
  private static List<Variant> variants() {
    List<Variant> variants = new ArrayList<>();
    for (int bits : CodeVectors.BITS) {
      for (VectorMetric metric : CodeVectors.METRICS) {
        if (metric == VectorMetric.MANHATTAN) {
          variants.add(new Variant(metric, Kind.LEVELS, bits, 4, 0));
          variants.add(new Variant(metric, Kind.LEVELS, bits, 8, 0));
          continue;
        }
        variants.add(new Variant(metric, Kind.INTERVALS, bits, 4, 0));
        int centroids = 1 + random().nextInt(9);
        for (int queryBits = 4; queryBits <= (bits == 8 ? 4 : 8); queryBits += 4) {
          variants.add(new Variant(metric, Kind.CENTROIDS, bits, queryBits, 0));
          variants.add(new Variant(metric, Kind.CENTROIDS, bits, queryBits, centroids));
        }
      }
    }
    return variants;
  }

  private static float[][] vectors(Variant variant, int count, int dimension) {
    return vectors(variant, count, dimension, VectorEncoding.FLOAT32);
  }

  private static float[][] vectors(
      Variant variant, int count, int dimension, VectorEncoding encoding) {
    return CodeVectors.vectors(random(), variant.metric(), count, dimension, encoding);
  }

  private static int[] dimensions() {
    return random().nextInt(5) == 0
        ? new int[] {1, 2, 7, 8, 63, 64, 65, 384, 4096}
        : new int[] {1, 2, 7, 8, 63, 64, 65, 384, 1000, 1 + random().nextInt(300)};
  }

  // what is in records

  /** Checks each record against the documentation of its kind. */
  private static void checkRecords(String message, CodeSample sample) {
    for (int ord = 0; ord < sample.records.length; ord++) {
      assertEquals(message, ord, sample.ordinal(ord));
      switch (sample.model.layout().kind()) {
        case CENTROIDS -> checkRecord(message, sample, ord);
        case LEVELS -> checkLevels(message, sample, ord);
        default -> {} // the format makes none
      }
      checkPadding(message, sample, ord);
    }
  }

  /** What is behind the last dimension of each plane, and behind the code, is 0. */
  private static void checkPadding(String message, CodeSample sample, int ord) {
    CodeLayout layout = sample.model.layout();
    int begin = layout.kind() == Kind.LEVELS ? 4 : 16;
    int codeBytes = layout.dimension();
    if (layout.bits() < 8 || layout.kind() == Kind.LEVELS) {
      int planeBytes = (layout.dimension() + 7) / 8;
      codeBytes = planeBytes * layout.bits();
      for (int i = layout.dimension(); i < planeBytes * 8; i++) {
        for (int plane = 0; plane < layout.bits(); plane++) {
          assertEquals(message, 0, sample.bit(ord, plane, i));
        }
      }
    }
    byte[] record = sample.records[ord];
    assertEquals(message, (begin + codeBytes + 3) / 4 * 4, record.length);
    for (int i = begin + codeBytes; i < record.length; i++) {
      assertEquals(message, 0, record[i]);
    }
  }

  private static void checkRecord(String message, CodeSample sample, int ord) {
    CodeModel model = sample.model;
    float[] x = model.preparation().apply(sample.vectors[ord]).clone();
    float[] c = new float[x.length];
    int number = sample.centroid(ord);
    if (model.centroids().length == 0) {
      assertEquals(message, 0, number);
    } else {
      c = model.centroids()[number];
      double distance = distance(x, c);
      for (float[] other : model.centroids()) {
        assertTrue(message, distance <= distance(x, other) + 1e-4 * (1 + distance));
      }
    }
    float[] r = x.clone();
    CodeVectors.add(r, c, -1);
    checkComponents(message, sample, ord, r);
    double product = 0;
    double square = 0;
    double fixed = 0;
    double estimated = 0;
    double size = 0;
    for (int i = 0; i < x.length; i++) {
      double v = sample.value(ord, i);
      product += v * r[i];
      square += (double) r[i] * r[i];
      fixed += (double) c[i] * r[i];
      estimated += v * c[i];
      size += Math.abs((double) c[i] * r[i]) + (double) x[i] * x[i];
    }
    double scale = product > 0 ? square / product : 0;
    assertEquals(message, scale, sample.constant(ord, 0), 1e-4 * scale);
    double added = 0;
    float[] vector = sample.vectors[ord];
    if (model.metric() == VectorMetric.EUCLIDEAN) {
      added = -CodeVectors.dot(x, x) / 2;
    } else {
      float[] unit = model.metric() == VectorMetric.COSINE ? CodeVectors.unit(vector) : vector;
      added = CodeVectors.dot(unit, model.mean());
      size += CodeVectors.dot(unit, unit) + CodeVectors.dot(model.mean(), model.mean());
    }
    double offset = fixed - scale * estimated + added;
    size += Math.abs(scale * estimated);
    assertEquals(message, offset, sample.constant(ord, 1), 1e-4 * size);
  }

  private static double distance(float[] a, float[] b) {
    return -2 * CodeVectors.similarity(VectorMetric.EUCLIDEAN, a, b);
  }

  /** There is a step of which all components are the nearest multiples in the middle of two. */
  private static void checkComponents(String message, CodeSample sample, int ord, float[] r) {
    int bits = sample.model.layout().bits();
    double most = ((1 << bits) - 1) / 2.0;
    double minStep = 0;
    double maxStep = Double.POSITIVE_INFINITY;
    double norm = Math.sqrt(CodeVectors.dot(r, r));
    for (int i = 0; i < r.length; i++) {
      double v = sample.value(ord, i);
      double x = Math.abs(r[i]);
      if (x <= 1e-5 * norm) {
        assertTrue(message, Math.abs(v) == 0.5 || norm == 0 || bits > 4);
        continue;
      }
      assertEquals(message, Math.signum(r[i]), Math.signum(v), 0);
      // step * (|v| - 0.5) <= |r| <= step * (|v| + 0.5)
      if (Math.abs(v) < most) {
        minStep = Math.max(minStep, x / (Math.abs(v) + 0.5));
      }
      if (Math.abs(v) > 0.5) {
        maxStep = Math.min(maxStep, x / (Math.abs(v) - 0.5));
      }
    }
    assertTrue(message + ": " + minStep + ", " + maxStep, minStep <= maxStep * 1.001);
  }

  private static void checkLevels(String message, CodeSample sample, int ord) {
    int bits = sample.model.layout().bits();
    float[] levels = CodeQuantizer.levels(bits);
    for (int i = 0; i < sample.target.length; i++) {
      int level = 0;
      while (level < bits && sample.bit(ord, level, i) == 1) {
        level++;
      }
      for (int plane = level; plane < bits; plane++) {
        assertEquals(message, 0, sample.bit(ord, plane, i));
      }
      double x = (double) sample.vectors[ord][i] - sample.model.mean()[i];
      double deviation = sample.model.deviations()[i];
      double distance = Math.abs(x - deviation * levels[level]);
      for (float other : levels) {
        assertTrue(message, distance <= Math.abs(x - deviation * other) + 1e-4 * (1 + distance));
      }
    }
  }

  // scores

  /** Checks each score against the documented formula. */
  private static void checkFormula(String message, CodeSample sample) {
    checkRecords(message, sample);
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
      double scale = sample.constant(ord, 0);
      expected[ord] = sample.constant(ord, 1);
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
      double lower = sample.constant(ord, 0);
      double step = sample.constant(ord, 1);
      expected[ord] = sample.constant(ord, 2);
      double size = Math.abs(expected[ord]);
      for (int i = 0; i < y.length; i++) {
        expected[ord] += (lower + step * sample.component(ord, i)) * y[i];
        size += (Math.abs(lower) + 255 * step) * Math.abs(y[i]);
      }
      tolerance[ord] = 2e-5 * size;
    }
  }

  private static void expectLevels(CodeSample sample, double[] expected, double[] tolerance) {
    CodeLayout layout = sample.model.layout();
    int dimension = layout.dimension();
    float[] levels = CodeQuantizer.levels(layout.bits());
    double[][] steps = new double[layout.bits()][];
    double lowest = 0;
    double size = 0;
    float[] values = new float[dimension];
    for (int plane = 0; plane < steps.length; plane++) {
      for (int i = 0; i < dimension; i++) {
        float y = sample.target[i] - sample.model.mean()[i];
        float above = Math.abs(y - sample.model.deviations()[i] * levels[plane + 1]);
        float below = Math.abs(y - sample.model.deviations()[i] * levels[plane]);
        values[i] = above - below;
        lowest += plane == 0 ? below : 0;
        size += above + below;
      }
      QuantizedWeights query = new QuantizedWeights(layout, sample.model.queryBits());
      query.set(values);
      steps[plane] = CodeSample.values(query, layout);
    }
    for (int ord = 0; ord < expected.length; ord++) {
      expected[ord] = -lowest;
      for (int i = 0; i < dimension; i++) {
        for (int plane = 0; plane < steps.length; plane++) {
          expected[ord] -= sample.bit(ord, plane, i) * steps[plane][i];
        }
      }
      tolerance[ord] = 1e-4 * size;
    }
  }

  /** The error of a product grows with the query's distance, that of a distance with itself. */
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
              yield sample.constant(ord, 0) * Math.sqrt(CodeVectors.dot(r, r));
            }
            case INTERVALS -> sample.constant(ord, 1) * length;
            case LEVELS -> Math.abs(scores[ord]);
          };
      double scale = sample.model.layout().kind() == Kind.CENTROIDS ? sample.constant(ord, 0) : 1;
      // of a difference of squares
      assertEquals(message, expected, found, 1e-4 * expected + 2e-3 * scale * length);
    }
  }

  /** Checks that records score the same where they lie. */
  private void checkMapped(String message, CodeSample sample) throws IOException {
    if (sample.query.canScoreInPlace() == false) {
      assertEquals(message, 8, sample.model.layout().bits());
      return;
    }
    assertArrayEquals(message, sample.scores(), sample.mappedScores(path), 0f);
  }

  public void testScores() throws IOException {
    for (Variant variant : variants()) {
      for (int dimension : dimensions()) {
        for (VectorEncoding encoding : VectorEncoding.values()) {
          String message = variant + ", " + dimension + " x " + encoding;
          float[][] vectors = vectors(variant, 10, dimension, encoding);
          float[] target =
              random().nextInt(4) == 0 ? vectors[3] : vectors(variant, 1, dimension, encoding)[0];
          CodeSample sample = new CodeSample(random(), variant, vectors, target);
          checkFormula(message, sample);
          checkMapped(message, sample);
          // another query, by the same objects
          float[] again = CodeVectors.vector(random(), dimension, encoding);
          sample.setTarget(again);
          CodeSample other = new CodeSample(random(), sample.model, vectors, again);
          assertArrayEquals(message, other.scores(), sample.scores(), 0f);
        }
      }
    }
  }

  public void testEqualVectors() throws IOException {
    for (Variant variant : variants()) {
      for (int dimension : new int[] {1, 2, 9, 64, 100}) {
        float[] vector = vectors(variant, 1, dimension)[0];
        if (random().nextBoolean()) {
          Arrays.fill(vector, 0.5f); // a constant
        }
        float[][] vectors = new float[5][];
        Arrays.fill(vectors, vector);
        // nothing is left of the query after centering, or something is
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
    for (Variant variant : variants()) {
      float[][] vectors = vectors(variant, 20, 10);
      for (float[] vector : vectors) {
        vector[3] = 1;
      }
      CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
      checkFormula(variant.toString(), sample);
      checkMapped(variant.toString(), sample);
    }
  }

  /** Zero vectors, of which other formats let some in with COSINE too, and a zero query. */
  public void testZeroVectors() throws IOException {
    for (Variant variant : variants()) {
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
    for (Variant variant : variants()) {
      float[][] zeros = new float[3][7];
      CodeSample sample = new CodeSample(random(), variant, zeros, new float[7]);
      for (float score : sample.scores()) {
        assertEquals(variant.toString(), 0, score, 0);
      }
    }
  }

  /** A damaged record may name a centroid that is not there: another one is taken. */
  public void testCentroidsOutOfRange() throws IOException {
    int[] numbers = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 16, 7, 8, 9, 100};
    for (Variant variant : variants()) {
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
        assertEquals(scores[ord], sample.query.score(sample.withGarbage(record)), 0f);
      }
    }
  }

  public void testExtremeMagnitudes() throws IOException {
    float[] magnitudes = {
      Float.MIN_VALUE, 1e-38f, 1e-25f, 1e-20f, 1e15f, 1e19f, 1e25f, Float.MAX_VALUE / 10
    };
    for (Variant variant : variants()) {
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
            assertTrue(Float.isFinite(sample.constant(ord, i)));
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

  public void testLength() {
    for (int i = 0; i < 2000; i++) {
      int dimension = TestUtil.nextInt(random(), 1, i < 1000 ? 70 : 20_000);
      for (int bits : CodeVectors.BITS) {
        for (Kind kind : Kind.values()) {
          CodeLayout layout = new CodeLayout(dimension, bits, kind);
          assertTrue(layout.toString(), layout.recordBytes() <= bits * dimension / 8.0 + 20);
          assertTrue(layout.toString(), layout.recordBytes() >= bits * dimension / 8.0 + 4);
          assertEquals(0, layout.recordBytes() % Float.BYTES);
        }
      }
    }
    for (Kind kind : List.of(Kind.CENTROIDS, Kind.INTERVALS)) {
      assertEquals("a cache line", 64, new CodeLayout(384, 1, kind).recordBytes());
    }
    for (int bits = -10; bits < 300; bits++) {
      assertEquals(bits == 1 || bits == 2 || bits == 4 || bits == 8, CodeLayout.isValid(bits));
    }
    for (VectorMetric metric : CodeVectors.METRICS) {
      Kind expected = metric == VectorMetric.MANHATTAN ? Kind.LEVELS : Kind.CENTROIDS;
      assertEquals(expected, CodeLayout.of(5, 2, metric).kind());
    }
  }
}

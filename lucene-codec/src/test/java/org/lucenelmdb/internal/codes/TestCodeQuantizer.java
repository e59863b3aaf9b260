/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.codes.CodeSample.Variant;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;

/** Compares records with their documentation, and scores of codes with exact similarities. */
public class TestCodeQuantizer extends LuceneTestCase {

  private static Variant variant(VectorMetric metric, int bits, int queryBits, int centroids) {
    Kind kind = metric == VectorMetric.MANHATTAN ? Kind.LEVELS : Kind.CENTROIDS;
    return new Variant(metric, kind, bits, queryBits, kind == Kind.LEVELS ? 0 : centroids);
  }

  private static double[] doubles(float[] scores) {
    double[] all = new double[scores.length];
    Arrays.setAll(all, i -> scores[i]);
    return all;
  }

  /** The expected correlation for independent components, which are the hardest to quantize. */
  private static double expectedCorrelation(Variant variant) {
    if (variant.metric() == VectorMetric.MANHATTAN) { // has fewer levels than the others
      return switch (variant.bits()) {
        case 1 -> 0.45;
        case 2 -> 0.7;
        case 4 -> 0.85;
        default -> 0.92;
      };
    }
    if (variant.kind() == Kind.INTERVALS) {
      return switch (variant.bits()) {
        case 1 -> 0.6;
        case 2 -> 0.8;
        case 4 -> 0.93;
        default -> 0.999;
      };
    }
    return switch (variant.bits()) {
      case 1 -> variant.centroids() == 0 ? 0.65 : 0.45;
      case 2 -> variant.centroids() == 0 ? 0.88 : 0.75;
      case 4 -> 0.97;
      default -> 0.999;
    };
  }

  private static void checkCorrelation(String message, CodeSample sample, double expected) {
    double found = CodeVectors.correlation(sample.similarities(), doubles(sample.scores()));
    assertTrue(message + ": " + found, found >= expected);
  }

  public void testScoresAreLikeSimilarities() {
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (int bits : CodeVectors.BITS) {
        for (int dimension : new int[] {16, 64, 100, 384}) {
          for (VectorEncoding encoding : VectorEncoding.values()) {
            Variant variant =
                random().nextInt(3) == 0 && metric != VectorMetric.MANHATTAN
                    ? new Variant(metric, Kind.INTERVALS, bits, 4, 0)
                    : variant(metric, bits, 4 + 4 * random().nextInt(2), random().nextInt(4));
            float[][] vectors = CodeVectors.vectors(random(), metric, 300, dimension, encoding);
            float[] target = CodeVectors.vectors(random(), metric, 1, dimension, encoding)[0];
            CodeSample sample = new CodeSample(random(), variant, vectors, target);
            String message = variant + ", " + dimension + " x " + encoding;
            checkCorrelation(message, sample, expectedCorrelation(variant));
          }
        }
      }
    }
  }

  /**
   * Scores differ from similarities by a constant for each query. They are not merely proportional:
   * the difference is the same for near and far vectors.
   */
  public void testScoresAreSimilarities() throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      if (metric == VectorMetric.MANHATTAN) {
        continue; // levels are biased
      }
      for (VectorEncoding encoding : VectorEncoding.values()) {
        float[][] vectors = CodeVectors.vectors(random(), metric, 200, 64, encoding);
        Variant variant = variant(metric, 8, 4, random().nextInt(4));
        CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
        KnnVectorValues values = CodeVectors.values(vectors, encoding);
        VectorPairs pairs = new VectorPairs(values, metric);
        pairs.setTarget(0);
        int[] ords = new int[vectors.length];
        Arrays.setAll(ords, i -> i);
        float[] metricScores = new float[ords.length];
        pairs.score(ords, ords.length, metricScores);
        float[] scores = sample.scores();
        double[] differences = new double[ords.length];
        double spread = 0;
        for (int ord = 0; ord < ords.length; ord++) {
          double similarity = metric.similarity(metricScores[ord], encoding, 64);
          // compare also with the definition
          double expected = CodeVectors.similarity(metric, vectors[0], vectors[ord]);
          assertEquals(
              metric + " " + encoding, expected, similarity, 1e-2 * Math.abs(expected) + 9);
          differences[ord] = scores[ord] - similarity;
          spread = Math.max(spread, Math.abs(similarity - expected(vectors, metric)));
        }
        for (double difference : differences) {
          assertEquals(metric + " " + encoding, differences[0], difference, 0.02 * spread);
        }
      }
    }
  }

  /** The similarity of the first vector to itself. */
  private static double expected(float[][] vectors, VectorMetric metric) {
    return CodeVectors.similarity(metric, vectors[0], vectors[0]);
  }

  /**
   * Random rotations make estimates unbiased: for one vector and one query, the mean over all seeds
   * is the similarity.
   */
  public void testNoBias() {
    Random random = random();
    for (int bits : new int[] {1, 2}) {
      float[][] vectors = CodeVectors.gaussian(random, 2, 48, 1);
      double truth = CodeVectors.dot(vectors[0], vectors[1]);
      int seeds = 2000;
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < seeds; i++) {
        CodeModel model =
            new CodeModel(
                CodeLayout.of(48, bits, VectorMetric.MAXIMUM_INNER_PRODUCT),
                VectorMetric.MAXIMUM_INNER_PRODUCT,
                8,
                0,
                0,
                new float[48],
                null,
                random.nextLong(),
                new float[0][]);
        CodeSample sample = new CodeSample(random, model, new float[][] {vectors[0]}, vectors[1]);
        double score = sample.scores()[0];
        sum += score / seeds;
        squares += score * score / seeds;
      }
      double deviation = Math.sqrt((squares - sum * sum) / seeds);
      assertEquals(bits + " bits, deviation " + deviation, truth, sum, 5 * deviation + 0.05);
    }
  }

  /**
   * Codes relative to centroids distinguish the vectors of a cluster. In a few rounds a cluster has
   * no centroid by chance; training would not choose such centroids.
   */
  public void testCentroidsHelp() {
    for (VectorMetric metric : new VectorMetric[] {VectorMetric.EUCLIDEAN, VectorMetric.COSINE}) {
      int helped = 0;
      for (int round = 0; round < 15; round++) {
        float[][] vectors = CodeVectors.blobs(random(), 400, 96, 4, 0.1);
        float[] target = vectors[0].clone();
        double without = error(new CodeSample(random(), variant(metric, 1, 8, 0), vectors, target));
        double with = error(new CodeSample(random(), variant(metric, 1, 8, 20), vectors, target));
        helped += with < 0.5 * without ? 1 : 0;
      }
      assertTrue(metric + ": " + helped, helped >= 11);
    }
  }

  private static double error(CodeSample sample) {
    double[] truth = sample.similarities();
    float[] scores = sample.scores();
    double mean = 0;
    for (int ord = 0; ord < truth.length; ord++) {
      mean += (scores[ord] - truth[ord]) / truth.length;
    }
    double error = 0;
    for (int ord = 0; ord < truth.length; ord++) {
      error += Math.pow(scores[ord] - truth[ord] - mean, 2);
    }
    return error;
  }

  /** Magnitudes whose products are finite floats do not make codes worse. */
  public void testLargeAndSmallMagnitudes() {
    for (float magnitude : new float[] {1e-15f, 1e-5f, 1e5f, 1e15f}) {
      for (VectorMetric metric : CodeVectors.METRICS) {
        for (int bits : CodeVectors.BITS) {
          float[][] vectors =
              CodeVectors.vectors(
                  random(), VectorMetric.EUCLIDEAN, 200, 64, VectorEncoding.FLOAT32);
          for (float[] vector : vectors) {
            CodeVectors.scale(vector, magnitude);
          }
          float[] target = vectors[0].clone();
          vectors[0] = vectors[1];
          Variant variant = variant(metric, bits, 4, random().nextInt(2));
          CodeSample sample = new CodeSample(random(), variant, vectors, target);
          String message = variant + ", " + magnitude;
          checkCorrelation(message, sample, expectedCorrelation(variant) - 0.06);
        }
      }
    }
  }

  /** Vectors far from the origin, whose differences are small relative to their lengths. */
  public void testLargeMean() {
    for (VectorMetric metric : CodeVectors.METRICS) {
      if (metric == VectorMetric.COSINE) {
        continue; // nearly equal after normalization
      }
      for (int bits : CodeVectors.BITS) {
        float[][] vectors = CodeVectors.gaussian(random(), 200, 64, 1);
        for (float[] vector : vectors) {
          for (int i = 0; i < vector.length; i++) {
            vector[i] += 100 * (i % 3);
          }
        }
        float[] target = vectors[0].clone();
        vectors[0] = vectors[1];
        Variant variant = variant(metric, bits, 4, 0);
        CodeSample sample = new CodeSample(random(), variant, vectors, target);
        double expected = expectedCorrelation(variant) - 0.06;
        if (metric.isLuceneFunction() && metric != VectorMetric.EUCLIDEAN) {
          expected = 0.99; // the exact product with the mean dominates
        }
        checkCorrelation(variant.toString(), sample, expected);
      }
    }
  }

  /** Queries with few large and many small components, such as histograms: 4 bits suffice. */
  public void testHeavyTails() {
    float[][] vectors = CodeVectors.histograms(random(), 300, 512);
    float[] target = CodeVectors.histograms(random(), 1, 512)[0];
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (int bits : CodeVectors.BITS) {
        Variant variant = variant(metric, bits, 4, 0);
        CodeSample sample = new CodeSample(random(), variant, vectors, target);
        if (metric == VectorMetric.MANHATTAN) {
          checkFinite(sample);
        } else {
          double expected =
              switch (bits) {
                case 1 -> 0.6;
                case 2 -> 0.85;
                default -> 0.97;
              };
          checkCorrelation(variant.toString(), sample, expected);
        }
      }
    }
  }

  private static void checkFinite(CodeSample sample) {
    for (float score : sample.scores()) {
      assertTrue(Float.isFinite(score) && score <= 0);
    }
  }

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

  /** Checks that bits beyond the last dimension, and bytes beyond the code, are 0. */
  private static void checkPadding(String message, CodeSample sample, int ord) {
    CodeLayout layout = sample.model.layout();
    int begin = layout.kind() == Kind.LEVELS ? 4 : 16;
    int codeBytes = layout.dimension();
    if (layout.bits() < 8 || layout.kind() == Kind.LEVELS) {
      int bitPlaneBytes = (layout.dimension() + 7) / 8;
      codeBytes = bitPlaneBytes * layout.bits();
      for (int i = layout.dimension(); i < bitPlaneBytes * 8; i++) {
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
    double centroidResidual = 0;
    double centroidProduct = 0;
    double size = 0;
    for (int i = 0; i < x.length; i++) {
      double v = sample.value(ord, i);
      product += v * r[i];
      square += (double) r[i] * r[i];
      centroidResidual += (double) c[i] * r[i];
      centroidProduct += v * c[i];
      size += Math.abs((double) c[i] * r[i]) + (double) x[i] * x[i];
    }
    double scale = product > 0 ? square / product : 0;
    assertEquals(message, scale, sample.correctiveTerm(ord, 0), 1e-4 * scale);
    double metricTerm = 0;
    float[] vector = sample.vectors[ord];
    if (model.metric() == VectorMetric.EUCLIDEAN) {
      metricTerm = -CodeVectors.dot(x, x) / 2;
    } else {
      float[] unit = model.metric() == VectorMetric.COSINE ? CodeVectors.unit(vector) : vector;
      metricTerm = CodeVectors.dot(unit, model.mean());
      size += CodeVectors.dot(unit, unit) + CodeVectors.dot(model.mean(), model.mean());
    }
    double correction = centroidResidual - scale * centroidProduct + metricTerm;
    size += Math.abs(scale * centroidProduct);
    assertEquals(message, correction, sample.correctiveTerm(ord, 1), 1e-4 * size);
  }

  private static double distance(float[] a, float[] b) {
    return -2 * CodeVectors.similarity(VectorMetric.EUCLIDEAN, a, b);
  }

  /** Checks that there is a scale for which all components are rounded correctly. */
  private static void checkComponents(String message, CodeSample sample, int ord, float[] r) {
    int bits = sample.model.layout().bits();
    double most = ((1 << bits) - 1) / 2.0;
    double minScale = 0;
    double maxScale = Double.POSITIVE_INFINITY;
    double norm = Math.sqrt(CodeVectors.dot(r, r));
    for (int i = 0; i < r.length; i++) {
      double v = sample.value(ord, i);
      double x = Math.abs(r[i]);
      if (x <= 1e-5 * norm) {
        assertTrue(message, Math.abs(v) == 0.5 || norm == 0 || bits > 4);
        continue;
      }
      assertEquals(message, Math.signum(r[i]), Math.signum(v), 0);
      // scale * (|v| - 0.5) <= |r| <= scale * (|v| + 0.5)
      if (Math.abs(v) < most) {
        minScale = Math.max(minScale, x / (Math.abs(v) + 0.5));
      }
      if (Math.abs(v) > 0.5) {
        maxScale = Math.min(maxScale, x / (Math.abs(v) - 0.5));
      }
    }
    assertTrue(message + ": " + minScale + ", " + maxScale, minScale <= maxScale * 1.001);
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

  private static List<Variant> variants() {
    List<Variant> variants = CodeSample.variants(random());
    variants.removeIf(variant -> variant.kind() == Kind.INTERVALS);
    return variants;
  }

  public void testRecords() {
    for (Variant variant : variants()) {
      for (int dimension : new int[] {1, 2, 7, 8, 63, 64, 65, 384, 1 + random().nextInt(1000)}) {
        for (VectorEncoding encoding : VectorEncoding.values()) {
          float[][] vectors =
              CodeVectors.vectors(random(), variant.metric(), 10, dimension, encoding);
          CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
          checkRecords(variant + ", " + dimension + " x " + encoding, sample);
        }
      }
    }
  }

  /** Zero vectors occur with COSINE too, because other formats accept them. */
  public void testZeroVectors() {
    for (Variant variant : variants()) {
      for (int dimension : new int[] {1, 5, 64, 100}) {
        float[][] vectors =
            CodeVectors.vectors(random(), variant.metric(), 10, dimension, VectorEncoding.FLOAT32);
        vectors[4] = new float[dimension];
        vectors[7] = new float[dimension];
        CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
        checkRecords(variant + ", " + dimension, sample);
      }
    }
  }

  public void testConstantDimension() {
    for (Variant variant : variants()) {
      float[][] vectors =
          CodeVectors.vectors(random(), variant.metric(), 20, 10, VectorEncoding.FLOAT32);
      for (float[] vector : vectors) {
        vector[3] = 1;
      }
      CodeSample sample = new CodeSample(random(), variant, vectors, vectors[0]);
      checkRecords(variant.toString(), sample);
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.codes.CodeSample.Variant;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;

/** Scores of codes beside the similarities that they stand for. */
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

  /** Components that are independent are the hardest: nothing but these is there to compare. */
  private static double expectedCorrelation(Variant variant) {
    if (variant.metric() == VectorMetric.MANHATTAN) { // its codes have fewer levels
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
   * Scores are similarities less what is the same for all vectors of a query, and not just
   * proportional to them: the difference is the same for near and far vectors.
   */
  public void testScoresAreSimilarities() throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      if (metric == VectorMetric.MANHATTAN) {
        continue; // levels are not without bias
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
          // also by the definition
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
   * With the rotation, estimates have no bias: the mean over seeds is the similarity, for one
   * vector and query.
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
   * A vector in a cluster is told from others by its code relative to the cluster's centroid. Now
   * and then a cluster has none: training would leave them out then.
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

  /** Magnitudes that floats can multiply: codes are as good as at any other. */
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

  /** Vectors far from the origin, whose differences are small beside their lengths. */
  public void testLargeMean() {
    for (VectorMetric metric : CodeVectors.METRICS) {
      if (metric == VectorMetric.COSINE) {
        continue; // of unit length, these are hardly different
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
        if (metric.isLucenes() && metric != VectorMetric.EUCLIDEAN) {
          expected = 0.99; // the product with the mean is exact, and most of it
        }
        checkCorrelation(variant.toString(), sample, expected);
      }
    }
  }

  /**
   * Queries with few large components and many small ones, as histograms have: 4 bits are enough.
   */
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
}

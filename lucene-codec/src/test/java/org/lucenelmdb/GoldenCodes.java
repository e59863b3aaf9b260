/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.lucenelmdb.GoldenField.COSINE;
import static org.lucenelmdb.GoldenField.EUCLIDEAN;
import static org.lucenelmdb.GoldenField.MANHATTAN;

import java.nio.ByteBuffer;

/**
 * Reads codes as the javadoc of {@link LmdbHnswVectorsFormat} specifies them, and compares them
 * with the vectors.
 */
final class GoldenCodes {

  private final int version;
  private final int metric;
  private final int dimension;
  private final int bits;
  private final float[] mean;
  private final float[] deviations; // null unless the metric is Manhattan
  private final long seed;
  private final float[][] centroids;
  private double error;
  private double variance;

  /**
   * Reads the parameters that all codes of a field share from the metadata file.
   *
   * @param hasCentroids whether the field must have centroids
   */
  GoldenCodes(
      int version, int metric, int dimension, int bits, ByteBuffer vem, boolean hasCentroids) {
    this.version = version;
    this.metric = metric;
    this.dimension = dimension;
    this.bits = bits;
    this.mean = floats(vem);
    this.deviations = metric == MANHATTAN ? floats(vem) : null;
    boolean isRotated = version > 1 && metric != MANHATTAN;
    this.seed = isRotated ? vem.getLong() : 0;
    int count = isRotated ? vem.getInt() : 0;
    assertTrue("" + count, count >= 0 && count <= 65536 && (count > 1 || hasCentroids == false));
    this.centroids = new float[count][];
    for (int i = 0; i < count; i++) {
      centroids[i] = floats(vem);
      assertTrue(dot(centroids[i], centroids[i]) <= 1e37);
    }
  }

  private float[] floats(ByteBuffer vem) {
    float[] values = new float[dimension];
    for (int i = 0; i < values.length; i++) {
      values[i] = vem.getFloat();
    }
    return values;
  }

  /**
   * Checks the record of a vector.
   *
   * @param record positioned after the ordinal; positioned after the code on return
   */
  void check(float[] original, ByteBuffer record) {
    float[] vector = original.clone();
    if (metric == COSINE) {
      double length = Math.sqrt(dot(vector, vector));
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) (vector[i] / length);
      }
    }
    if (metric == MANHATTAN) {
      checkLevels(vector, code(record));
    } else if (version == 1) {
      float lowerBound = record.getFloat();
      float scale = record.getFloat();
      float correction = record.getFloat();
      checkIntervals(vector, lowerBound, scale, correction, code(record));
    } else {
      float scale = record.getFloat();
      float offset = record.getFloat();
      int centroid = record.getInt();
      checkCentroids(vector, scale, offset, centroid, code(record));
    }
  }

  private boolean hasBitPlanes() {
    return bits < 8 || metric == MANHATTAN;
  }

  private int planeBytes() {
    return (dimension + 7) / 8;
  }

  private byte[] code(ByteBuffer record) {
    byte[] code = new byte[hasBitPlanes() ? bits * planeBytes() : dimension];
    record.get(code);
    for (int i = dimension; hasBitPlanes() && i < 8 * planeBytes(); i++) {
      for (int plane = 0; plane < bits; plane++) {
        assertEquals(0, bit(code, plane, i));
      }
    }
    return code;
  }

  private int bit(byte[] code, int plane, int i) {
    return code[plane * planeBytes() + i / 8] >> i % 8 & 1;
  }

  /** A component's quantized value: an int8 for codes without bit planes. */
  private int component(byte[] code, int i) {
    if (hasBitPlanes() == false) {
      return code[i];
    }
    int component = 0;
    for (int plane = 0; plane < bits; plane++) {
      component |= bit(code, plane, i) << plane;
    }
    return component;
  }

  private void add(double x, double decoded) {
    error += (x - decoded) * (x - decoded);
    variance += x * x;
  }

  // centroids

  private void checkCentroids(
      float[] vector, float scale, float offset, int centroid, byte[] code) {
    double[] x = rotated(vector);
    double[] c = new double[dimension];
    if (centroids.length == 0) {
      assertEquals(0, centroid);
    } else {
      assertTrue("" + centroid, centroid >= 0 && centroid < centroids.length);
      double distance = squareDistance(x, centroids[centroid]);
      for (float[] other : centroids) {
        assertTrue(distance <= squareDistance(x, other) + 1e-4 * (1 + distance));
      }
      for (int i = 0; i < dimension; i++) {
        c[i] = centroids[centroid][i];
      }
    }
    double square = 0;
    double product = 0;
    double fixed = 0;
    double estimated = 0;
    double length = 0;
    double squareV = 0;
    for (int i = 0; i < dimension; i++) {
      double r = x[i] - c[i];
      double v = component(code, i) + (hasBitPlanes() ? 0 : 128) - (Math.pow(2, bits) - 1) / 2;
      assertTrue("the sign of " + r + ", " + v, r * v >= 0 || Math.abs(r) < 1e-4);
      square += r * r;
      product += r * v;
      fixed += c[i] * r;
      estimated += v * c[i];
      length += x[i] * x[i];
      squareV += v * v;
    }
    double expected = product > 0 ? square / product : 0;
    assertEquals(expected, scale, 1e-4 * expected);
    double added = metric == EUCLIDEAN ? -length / 2 : dot(vector, mean);
    double size = 1 + length + dot(vector, vector) + dot(mean, mean) + Math.abs(scale * estimated);
    assertEquals(fixed - scale * estimated + added, offset, 1e-4 * size);
    // the part of r that is orthogonal to v
    error += square - product * product / squareV;
    variance += square;
  }

  private static double squareDistance(double[] x, float[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += (x[i] - y[i]) * (x[i] - y[i]);
    }
    return sum;
  }

  private double[] rotated(float[] vector) {
    int n = dimension;
    double[] x = new double[n];
    for (int i = 0; i < n; i++) {
      x[i] = (double) vector[i] - mean[i];
    }
    int p = Integer.highestOneBit(n);
    int rounds = p == n ? 2 : 4;
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < n; i++) {
        long word = word(round * ((n + 63) / 64) + i / 64);
        x[i] = (word >>> i % 64 & 1) == 1 ? -x[i] : x[i];
      }
      int first = round % 2 == 0 ? 0 : n - p;
      double[] transformed = new double[p];
      for (int j = 0; j < p; j++) {
        for (int i = 0; i < p; i++) {
          boolean isOdd = Integer.bitCount(i & j) % 2 == 1;
          transformed[j] += (isOdd ? -1 : 1) * x[first + i] / Math.sqrt(p);
        }
      }
      System.arraycopy(transformed, 0, x, first, p);
      for (int i = 0; round == 1 && rounds == 4 && i < n / 2; i++) {
        int j = n - n / 2 + i;
        double sum = x[i] + x[j];
        double difference = x[i] - x[j];
        x[i] = sum * Math.sqrt(0.5);
        x[j] = difference * Math.sqrt(0.5);
      }
    }
    return x;
  }

  private long word(int w) {
    long z = seed + (w + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  // intervals

  private void checkIntervals(
      float[] vector, float lowerBound, float scale, float correction, byte[] code) {
    checkCorrection(vector, correction);
    for (int i = 0; i < dimension; i++) {
      float x = vector[i] - mean[i];
      int q = component(code, i);
      float decoded = lowerBound + scale * q;
      checkNearest(x, decoded, scale, q);
      add(x, decoded);
    }
  }

  private void checkCorrection(float[] vector, float correction) {
    double expected = dot(vector, mean);
    if (metric == EUCLIDEAN) {
      expected = expected - dot(vector, vector) / 2 - dot(mean, mean) / 2;
    }
    assertEquals(expected, correction, 1e-4 * (1 + dot(vector, vector) + dot(mean, mean)));
  }

  /**
   * Checks that the error is at most half the scale, unless the component is outside the interval.
   */
  private void checkNearest(float x, float decoded, float scale, int q) {
    int lowest = bits == 8 ? -128 : 0;
    int highest = lowest + (1 << bits) - 1;
    assertTrue(q >= lowest && q <= highest);
    float tolerance = scale / 2 + 1e-4f * (1 + Math.abs(x));
    assertTrue("q = " + q, x <= decoded + tolerance || q == highest);
    assertTrue("q = " + q, x >= decoded - tolerance || q == lowest);
  }

  // levels

  private void checkLevels(float[] vector, byte[] code) {
    for (int i = 0; i < dimension; i++) {
      float x = vector[i] - mean[i];
      add(x, deviations[i] * level(x / deviations[i], code, i));
    }
  }

  /** Decodes a component, and checks that its level is the nearest one. */
  private float level(float x, byte[] code, int i) {
    float[] positive =
        switch (bits) {
          case 1 -> new float[] {0.798f};
          case 2 -> new float[] {0, 1.224f};
          case 4 -> new float[] {0, 0.7646f, 1.724f};
          default -> new float[] {0, 0.4436f, 0.9188f, 1.476f, 2.255f};
        };
    float[] levels = new float[bits + 1];
    for (int p = 0; p < positive.length; p++) {
      levels[p] = -positive[positive.length - 1 - p];
      levels[levels.length - 1 - p] = positive[positive.length - 1 - p];
    }
    int level = 0;
    for (int plane = 0; plane < bits; plane++) {
      if (bit(code, plane, i) == 1) {
        assertEquals("all lower bit planes are set", plane, level);
        level++;
      }
    }
    for (float other : levels) {
      assertTrue(Math.abs(x - levels[level]) <= Math.abs(x - other) + 1e-4f);
    }
    return levels[level];
  }

  /**
   * Checks the share of the variance that codes lose; a normal distribution loses slightly less.
   */
  void checkError() {
    double most =
        switch (bits) {
          case 1 -> 0.5;
          case 2 -> 0.2;
          case 4 -> 0.03;
          default -> 0.001;
        };
    if (metric == MANHATTAN) {
      most = bits == 8 ? 0.1 : 0.35;
    }
    assertTrue(error / variance + " of the variance is lost", error < most * variance);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}

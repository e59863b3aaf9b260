/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** Compares the rotation with its documentation, and tests the properties that codes rely on. */
public class TestRotation extends LuceneTestCase {

  /** The rotation of the vector (1, 2, 3, 4, 5, 6) with seed 42. */
  private static final float[] GOLDEN = {
    -0.53033f, -0.53033f, 4.419417f, 7.424621f, 3.358757f, 2.12132f
  };

  private static float[] rotated(int dimension, long seed, float[] vector) {
    float[] copy = vector.clone();
    new Rotation(dimension, seed).apply(copy);
    return copy;
  }

  private static float[] randomVector(int dimension) {
    return CodeVectors.vector(random(), dimension, VectorEncoding.FLOAT32);
  }

  /** Rotates a vector as the javadoc says, in double precision and quadratic time. */
  private static double[] byDefinition(int dimension, long seed, float[] vector) {
    int p = 1;
    while (2 * p <= dimension) {
      p *= 2;
    }
    int words = (dimension + 63) / 64;
    int rounds = p == dimension ? 2 : 4;
    long[] signs = new long[rounds * words];
    for (int w = 0; w < signs.length; w++) {
      // SplittableRandom advances its state before the first output
      signs[w] = new SplittableRandom(seed + w * 0x9E3779B97F4A7C15L).nextLong();
    }
    double[] x = new double[dimension];
    Arrays.setAll(x, i -> vector[i]);
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < dimension; i++) {
        if ((signs[round * words + i / 64] >>> i % 64 & 1) == 1) {
          x[i] = -x[i];
        }
      }
      int begin = round % 2 == 0 ? 0 : dimension - p;
      double[] sums = new double[p];
      for (int j = 0; j < p; j++) {
        for (int i = 0; i < p; i++) {
          sums[j] += Integer.bitCount(i & j) % 2 == 1 ? -x[begin + i] : x[begin + i];
        }
      }
      for (int j = 0; j < p; j++) {
        x[begin + j] = sums[j] / Math.sqrt(p);
      }
      for (int i = 0; i < dimension / 2 && rounds == 4 && round == 1; i++) {
        int j = dimension - dimension / 2 + i;
        double sum = x[i] + x[j];
        double difference = x[i] - x[j];
        x[i] = sum / Math.sqrt(2);
        x[j] = difference / Math.sqrt(2);
      }
    }
    return x;
  }

  public void testDefinition() {
    for (int round = 0; round < 60; round++) {
      int dimension =
          switch (round) {
            case 0 -> 384;
            case 1 -> 512;
            case 2 -> TestUtil.nextInt(random(), 500, 1500);
            default -> round < 40 ? round - 2 : TestUtil.nextInt(random(), 1, 300);
          };
      long seed = random().nextLong();
      float[] vector = randomVector(dimension);
      double[] expected = byDefinition(dimension, seed, vector);
      float[] found = rotated(dimension, seed, vector);
      for (int i = 0; i < dimension; i++) {
        assertEquals(dimension + ": " + i, expected[i], found[i], 1e-5);
      }
    }
  }

  /** The rotation is part of the file format and must not change. */
  public void testGolden() {
    float[] vector = {1, 2, 3, 4, 5, 6};
    double[] expected = byDefinition(6, 42, vector);
    float[] found = rotated(6, 42, vector);
    for (int i = 0; i < 6; i++) {
      assertEquals(GOLDEN[i], found[i], 1e-5);
      assertEquals(GOLDEN[i], expected[i], 1e-5);
    }
  }

  public void testKeepsProducts() {
    for (int round = 0; round < 200; round++) {
      int dimension =
          round < 100 ? 1 + round : TestUtil.nextInt(random(), 1, round < 190 ? 600 : 4096);
      long seed = random().nextLong();
      Rotation rotation = new Rotation(dimension, seed);
      float[] a = randomVector(dimension);
      float[] b = randomVector(dimension);
      float[] c = a.clone();
      float[] d = b.clone();
      rotation.apply(c);
      rotation.apply(d);
      double size = Math.sqrt(CodeVectors.dot(a, a) * CodeVectors.dot(b, b));
      assertEquals("" + dimension, CodeVectors.dot(a, b), CodeVectors.dot(c, d), 1e-5 * size);
      double square = CodeVectors.dot(a, a);
      assertEquals("" + dimension, square, CodeVectors.dot(c, c), 1e-5 * square);
      assertArrayEquals("the same by another object", c, rotated(dimension, seed, a), 0f);
    }
  }

  public void testLargestDimensions() {
    for (int dimension : new int[] {4095, 4096, 16_384}) {
      float[] a = randomVector(dimension);
      float[] b = rotated(dimension, 5, a);
      double square = CodeVectors.dot(a, a);
      assertEquals(square, CodeVectors.dot(b, b), 1e-5 * square);
    }
  }

  /** A single component is spread over many of about the same magnitude, wherever it is. */
  public void testSpreads() {
    for (int dimension : new int[] {2, 8, 33, 64, 65, 100, 127, 384, 1000, 1023}) {
      double fourth = 0;
      for (int round = 0; round < 50; round++) {
        float[] vector = new float[dimension];
        vector[random().nextInt(dimension)] = 1;
        float[] found = rotated(dimension, random().nextLong(), vector);
        for (float x : found) {
          assertTrue(dimension + ": " + x, Math.abs(x) <= 8 / Math.sqrt(dimension));
          fourth += Math.pow(x, 4) / 50;
        }
      }
      // 1 / n if all magnitudes are equal, about 3 / n for a normal distribution
      assertTrue(dimension + ": " + fourth * dimension, fourth * dimension <= 3.8);
    }
  }

  /** Vectors that are zero in most dimensions become dense. */
  public void testSpreadsPadding() {
    int dimension = 384;
    float[] vector = new float[dimension];
    for (int i = 0; i < 20; i++) {
      vector[i] = (float) random().nextGaussian();
    }
    float[] found = rotated(dimension, random().nextLong(), vector);
    int behind = 0;
    double square = 0;
    for (int i = 20; i < dimension; i++) {
      behind += found[i] != 0 ? 1 : 0;
      square += (double) found[i] * found[i];
    }
    assertTrue("" + behind, behind > 300);
    assertTrue(square > 0.7 * CodeVectors.dot(vector, vector));
  }

  public void testSeeds() {
    float[] vector = randomVector(200);
    float[] a = rotated(200, 1, vector);
    float[] b = rotated(200, 2, vector);
    double size = CodeVectors.dot(vector, vector);
    assertTrue(Math.abs(CodeVectors.dot(a, b)) < 0.5 * size);
  }

  public void testRamBytesUsed() {
    assertEquals(2 * 64 * 4, new Rotation(64, 1).ramBytesUsed());
    assertEquals(4 * 65 * 4, new Rotation(65, 1).ramBytesUsed());
  }
}

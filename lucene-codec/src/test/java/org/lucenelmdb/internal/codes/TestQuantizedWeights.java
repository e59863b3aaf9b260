/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.Arrays;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;

public class TestQuantizedWeights extends LuceneTestCase {

  private static final int[] QUERY_BITS = {4, 8};

  private static CodeLayout layout(int dimension) {
    Kind kind = random().nextBoolean() ? Kind.CENTROIDS : Kind.LEVELS;
    return new CodeLayout(dimension, CodeVectors.BITS[random().nextInt(3)], kind);
  }

  private static double[] quantized(float[] values, int bits) {
    CodeLayout layout = layout(values.length);
    QuantizedWeights weights = new QuantizedWeights(layout, bits);
    weights.set(values);
    double[] found = CodeSample.values(weights, layout);
    double sum = 0;
    double largest = 0;
    for (double value : found) {
      sum += value;
      largest = Math.max(largest, Math.abs(value));
    }
    // each value is rounded to a float
    assertEquals(sum, weights.sum(), 1e-6 * largest * values.length);
    return found;
  }

  private static double error(float[] values, double[] found) {
    double error = 0;
    for (int i = 0; i < values.length; i++) {
      error += Math.pow(values[i] - found[i], 2);
    }
    return error;
  }

  /** The squared error of a uniform grid from min to max. */
  private static double gridError(float[] values, double min, double max, int bits) {
    int maxComponent = (1 << bits) - 1;
    double step = (max - min) / maxComponent;
    double error = 0;
    for (float value : values) {
      double q = Math.max(0, Math.min(maxComponent, Math.rint((value - min) / step)));
      error += Math.pow(value - min - step * q, 2);
    }
    return error;
  }

  /** The sum for a bit plane is the sum of the values of its set bits. */
  public void testSums() {
    for (int round = 0; round < 200; round++) {
      int dimension = TestUtil.nextInt(random(), 1, round < 150 ? 130 : 4096);
      CodeLayout layout = layout(dimension);
      for (int bits : QUERY_BITS) {
        QuantizedWeights weights = new QuantizedWeights(layout, bits);
        weights.set(CodeVectors.gaussian(random(), 1, dimension, 1)[0]); // earlier weights
        weights.set(CodeVectors.gaussian(random(), 1, dimension, 1)[0]);
        double[] values = CodeSample.values(weights, layout);
        byte[] record =
            new byte[layout.codeOffset() + layout.bitPlaneBytes() + QuantizedQuery.SLACK_BYTES];
        random().nextBytes(record); // also beyond the last dimension
        double expected = 0;
        double size = 1;
        for (int i = 0; i < dimension; i++) {
          if ((record[layout.codeOffset() + i / 8] >> i % 8 & 1) == 1) {
            expected += values[i];
            size += Math.abs(values[i]);
          }
        }
        String message = layout + ", " + bits + " bits";
        assertEquals(message, expected, weights.sum(record, layout.codeOffset()), 1e-5 * size);
      }
    }
  }

  /** With 8 bits, the grid reaches from the smallest to the largest value. */
  public void testEightBits() {
    for (int round = 0; round < 20; round++) {
      float[] values = CodeVectors.gaussian(random(), 1, 1 + random().nextInt(500), 1)[0];
      float min = Float.POSITIVE_INFINITY;
      float max = Float.NEGATIVE_INFINITY;
      for (float value : values) {
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      double[] found = quantized(values, 8);
      for (int i = 0; i < values.length; i++) {
        assertEquals(values[i], found[i], (max - min) / 255 * 0.501 + 1e-6);
      }
    }
  }

  /** With 4 bits, values are clipped at 2.514 deviations unless that increases the error. */
  public void testFourBits() {
    for (int round = 0; round < 50; round++) {
      int dimension = TestUtil.nextInt(random(), 2, 600);
      float[] values = CodeVectors.gaussian(random(), 1, dimension, 1)[0];
      int outliers = random().nextInt(1 + dimension / 20);
      for (int i = 0; i < outliers; i++) {
        values[random().nextInt(dimension)] *= 1 + random().nextInt(30);
      }
      double sum = 0;
      double squares = 0;
      float min = Float.POSITIVE_INFINITY;
      float max = Float.NEGATIVE_INFINITY;
      for (float value : values) {
        sum += value / dimension;
        squares += (double) value * value / dimension;
        min = Math.min(min, value);
        max = Math.max(max, value);
      }
      double spread = 2.514 * Math.sqrt(squares - sum * sum);
      double whole = gridError(values, min, max, 4);
      double cut = gridError(values, Math.max(min, sum - spread), Math.min(max, sum + spread), 4);
      double expected = Math.min(whole, cut);
      double found = error(values, quantized(values, 4));
      assertEquals(dimension + ", " + outliers, expected, found, 0.02 * expected + 1e-9);
    }
  }

  /**
   * A few large values among many small ones are not clipped, because they dominate the product.
   */
  public void testHeavyTails() {
    for (int bits : QUERY_BITS) {
      float[] values = new float[512]; // resembles a histogram
      for (int peak = 0; peak < 10; peak++) {
        values[random().nextInt(values.length)] = 0.05f + 0.1f * random().nextFloat();
      }
      double square = CodeVectors.dot(values, values);
      double error = error(values, quantized(values, bits));
      // clipping at 2.514 deviations would make the error more than half of the square
      assertTrue(bits + ": " + error / square, error < (bits == 4 ? 0.01 : 0.00005) * square);
    }
  }

  /** A large mean does not hide the differences between dimensions. */
  public void testLargeMean() {
    for (int bits : QUERY_BITS) {
      float[] values = new float[100];
      for (int i = 0; i < values.length; i++) {
        values[i] = 1000 + (i % 10) * 0.02f;
      }
      double[] found = quantized(values, bits);
      for (int i = 0; i < values.length; i++) {
        assertEquals(values[i], found[i], 0.01);
      }
    }
  }

  public void testConstants() {
    for (int bits : QUERY_BITS) {
      for (float constant : new float[] {0, 1, -3.5f, 1e20f, 1e-20f}) {
        float[] values = new float[1 + random().nextInt(100)];
        Arrays.fill(values, constant);
        for (double found : quantized(values, bits)) {
          assertEquals(constant, found, 0);
        }
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** What scores of codes tell of exact ones. */
public class TestCodeErrors extends LuceneTestCase {

  /** The probability that a normally distributed number exceeds x deviations, by adding it up. */
  private static double tail(double x) {
    double sum = 0;
    double step = 1e-4;
    for (double at = x + step / 2; at < x + 12; at += step) {
      sum += Math.exp(-at * at / 2) * step;
    }
    return sum / Math.sqrt(2 * Math.PI);
  }

  /** Beside least squares as in textbooks, on both sides of what was seen. */
  public void testLine() {
    CodeErrors errors = new CodeErrors();
    for (int round = 0; round < 20; round++) {
      errors.clear();
      int count = TestUtil.nextInt(random(), 3, 200);
      double slope = random().nextDouble() * 5;
      double offset = random().nextGaussian() * 100;
      double noise = random().nextDouble();
      float[] codes = new float[count];
      float[] exact = new float[count];
      double sumCodes = 0;
      double sumExact = 0;
      for (int i = 0; i < count; i++) {
        codes[i] = (float) (offset + random().nextGaussian());
        exact[i] = (float) (slope * codes[i] + noise * random().nextGaussian());
        errors.add(codes[i], exact[i]);
        errors.add(Float.NaN, exact[i]);
        errors.add(codes[i], Float.NEGATIVE_INFINITY);
        sumCodes += codes[i];
        sumExact += exact[i];
      }
      double products = 0;
      double squares = 0;
      for (int i = 0; i < count; i++) {
        products += (codes[i] - sumCodes / count) * (exact[i] - sumExact / count);
        squares += Math.pow(codes[i] - sumCodes / count, 2);
      }
      double expectedSlope = Math.max(0, products / squares);
      double rest = 0;
      for (int i = 0; i < count; i++) {
        double line = sumExact / count + expectedSlope * (codes[i] - sumCodes / count);
        rest += Math.pow(exact[i] - line, 2);
      }
      double deviation = Math.sqrt(rest / (count - 2));
      for (double x : new double[] {0.01, 0.5, 1, 2, 3.2, 5}) {
        float code = (float) (offset + TestUtil.nextInt(random(), -10, 10));
        double line = sumExact / count + expectedSlope * (code - sumCodes / count);
        float above = (float) (line + x * deviation);
        double roundedX = (above - line) / deviation;
        if (roundedX > 0.005) {
          assertEquals(tail(roundedX), errors.exceeds(code, above), 0.01 * tail(roundedX));
          double least = errors.least(above, roundedX);
          if (expectedSlope > 1e-3) {
            assertEquals(code, least, 1e-3 * (1 + Math.abs(code)) / expectedSlope);
          }
        }
        assertEquals(1, errors.exceeds(code, (float) (line - deviation)), 0);
      }
    }
  }

  /** Nothing is ruled out by what tells nothing. */
  public void testUnknown() {
    CodeErrors errors = new CodeErrors();
    for (int i = 0; i < 2; i++) {
      assertEquals(1, errors.exceeds(1, 1000), 0);
      assertEquals(Double.NEGATIVE_INFINITY, errors.least(1000, 1), 0);
      errors.add(i, i + (i == 1 ? 0.5f : 0));
    }
    assertEquals(1, errors.exceeds(1, 1000), 0);
    assertEquals(Double.NEGATIVE_INFINITY, errors.least(1000, 1), 0);
    errors.add(2, 2);
    assertTrue(errors.exceeds(7, 12) < 1e-3);
    assertTrue(errors.least(1000, 1) > 900);
    assertEquals(1, errors.exceeds(7, Float.NEGATIVE_INFINITY), 0);
    for (float code : new float[] {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY}) {
      assertEquals(1, errors.exceeds(code, 1000), 0);
    }
    errors.clear();
    assertEquals(1, errors.exceeds(1, 1000), 0);
    assertEquals(Double.NEGATIVE_INFINITY, errors.least(1000, 1), 0);
  }

  /** What lies on the line is certain. */
  public void testNoErrors() {
    CodeErrors errors = new CodeErrors();
    for (int i = 0; i < 10; i++) {
      errors.add(i, 2 * i);
    }
    assertEquals(1, errors.exceeds(5, 9), 0);
    assertEquals(0, errors.exceeds(5, 11), 0);
    assertEquals("the same is not more", 0, errors.exceeds(5, 10), 0);
    assertEquals(5.5, errors.least(11, 3), 1e-9);
  }

  /** All codes alike, or better ones for what is less similar: the mean is all that is known. */
  public void testNoSlope() {
    CodeErrors alike = new CodeErrors();
    CodeErrors opposite = new CodeErrors();
    for (int i = 0; i < 10; i++) {
      alike.add(5, i);
      opposite.add(-i, i);
    }
    float exact = (float) (4.5 + 2 * Math.sqrt(82.5 / 8));
    assertEquals(tail(2), alike.exceeds(5, exact), 1e-3);
    assertEquals(tail(2), opposite.exceeds(-100, exact), 1e-3);
    assertEquals(Double.NEGATIVE_INFINITY, alike.least(exact, 2), 0);
    assertEquals(Double.NEGATIVE_INFINITY, opposite.least(exact, 2), 0);
  }
}

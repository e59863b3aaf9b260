/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** What scores of codes tell of exact ones. */
public class TestCodeErrors extends LuceneTestCase {

  private static final double DEVIATIONS = 3.2;

  /** Beside least squares as in textbooks, on both sides of what was seen. */
  public void testBound() {
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
      for (float code : new float[] {(float) offset, (float) offset - 10, (float) offset + 10}) {
        double expected =
            sumExact / count
                + expectedSlope * (code - sumCodes / count)
                + DEVIATIONS * Math.sqrt(rest / (count - 2));
        assertEquals(expected, errors.bound(code), 1e-4 * (1 + Math.abs(expected)));
      }
    }
  }

  /** Nothing is ruled out by what tells nothing. */
  public void testUnknown() {
    CodeErrors errors = new CodeErrors();
    for (int i = 0; i < 2; i++) {
      assertEquals(Double.POSITIVE_INFINITY, errors.bound(1), 0);
      errors.add(i, i);
    }
    assertEquals(Double.POSITIVE_INFINITY, errors.bound(1), 0);
    errors.add(2, 2);
    assertEquals(7, errors.bound(7), 1e-9);
    assertEquals(Double.POSITIVE_INFINITY, errors.bound(Float.NaN), 0);
    errors.clear();
    assertEquals(Double.POSITIVE_INFINITY, errors.bound(1), 0);
  }

  /** All codes alike, or better ones for what is less similar: the mean is all that is known. */
  public void testNoSlope() {
    CodeErrors alike = new CodeErrors();
    CodeErrors opposite = new CodeErrors();
    for (int i = 0; i < 10; i++) {
      alike.add(5, i);
      opposite.add(-i, i);
    }
    double deviation = Math.sqrt(82.5 / 8);
    assertEquals(4.5 + DEVIATIONS * deviation, alike.bound(5), 1e-9);
    assertEquals(4.5 + DEVIATIONS * deviation, opposite.bound(-100), 1e-9);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The figure at a recall. */
public class TestParameterSweep extends LuceneTestCase {

  private static ParameterSweep sweep(String figure, double... recallsAndFigures) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < recallsAndFigures.length; i += 2) {
      samples.add(
          Sample.of(
              Measure.SEARCH,
              "a",
              0,
              100,
              Map.of(Figures.RECALL, recallsAndFigures[i], figure, recallsAndFigures[i + 1])));
    }
    Collections.shuffle(samples, random());
    return ParameterSweep.of(samples, figure);
  }

  private static double rateAt(double recall, double... recallsAndRates) {
    return sweep(Figures.RATE, recallsAndRates).at(recall).orElse(-1);
  }

  public void testBetweenPoints() {
    // Halfway between the recalls is the geometric mean of the rates.
    assertEquals(200, rateAt(0.95, 0.9, 400, 1.0, 100), 1e-9);
    assertEquals(100 * Math.pow(4, 0.75), rateAt(0.925, 0.9, 400, 1.0, 100), 1e-9);
    assertEquals(200, rateAt(0.95, 0.5, 9999, 0.9, 400, 1.0, 100), 1e-9);
  }

  public void testAtAPoint() {
    assertEquals(400, rateAt(0.9, 0.9, 400, 1.0, 100), 1e-9);
    assertEquals(100, rateAt(1.0, 0.9, 400, 1.0, 100), 1e-9);
  }

  public void testAllAbove() {
    assertEquals(400, rateAt(0.5, 0.9, 400, 1.0, 100), 1e-9);
    assertEquals(400, rateAt(0.5, 0.9, 400), 1e-9);
  }

  public void testNeverReached() {
    assertEquals(-1, rateAt(0.99, 0.9, 400, 0.98, 100), 0);
    assertEquals(-1, rateAt(0.99), 0);
  }

  /** A point with more recall that is also faster is chosen. */
  public void testBestOfThoseAbove() {
    assertEquals(500, rateAt(0.9, 0.8, 300, 0.95, 100, 0.99, 500), 1e-9);
    assertEquals(500, rateAt(0.9, 0.95, 100, 0.99, 500), 1e-9);
    assertEquals(100, rateAt(0.9, 0.8, 50, 0.95, 100), 1e-9);
  }

  public void testLowerIsBetter() {
    assertEquals(20, sweep(Figures.PAGES, 0.9, 10, 1.0, 40).at(0.95).orElse(-1), 1e-9);
    assertEquals(10, sweep(Figures.PAGES, 0.9, 10, 1.0, 40).at(0.8).orElse(-1), 1e-9);
    assertEquals(5, sweep(Figures.PAGES, 0.9, 10, 0.95, 40, 1.0, 5).at(0.93).orElse(-1), 1e-9);
  }

  public void testPointsThatHaveNoLogarithm() {
    assertEquals(100, rateAt(0.95, 0.9, 0, 1.0, 100), 1e-9);
    List<Sample> withoutRate =
        List.of(Sample.of(Measure.SEARCH, "a", 0, 100, Map.of(Figures.RECALL, 1.0)));
    assertTrue(ParameterSweep.of(withoutRate, Figures.RATE).at(0.5).isEmpty());
  }
}

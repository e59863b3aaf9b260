/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.Arrays;
import java.util.Random;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Predictions of similarities from codes' scores. */
public class TestScoreErrorModel extends LuceneTestCase {

  private static final double PRIOR = 6;
  private static final double CAUTION = 0.5;

  /** The regression with two passes over what was observed. */
  private static final class Plain {
    final double meanCode;
    final double meanSimilarity;
    final double slope;
    final double deviation;

    Plain(float[] codes, double[] similarities, double prior) {
      int count = codes.length;
      double c = 0;
      double s = 0;
      for (int i = 0; i < count; i++) {
        c += (double) codes[i] / count;
        s += similarities[i] / count;
      }
      meanCode = c;
      meanSimilarity = s;
      double spread = 0;
      double common = 0;
      for (int i = 0; i < count; i++) {
        spread += Math.pow(codes[i] - c, 2);
        common += (codes[i] - c) * (similarities[i] - s);
      }
      double fitted = spread > 0 ? Math.max(0, Math.min(1, common / spread)) : 1;
      double rest = 0;
      for (int i = 0; i < count; i++) {
        rest += Math.pow(similarities[i] - s - fitted * (codes[i] - c), 2);
      }
      double variance = (PRIOR * prior * prior + rest) / (PRIOR + count);
      double error = spread > 0 ? Math.sqrt(variance / spread) : 0;
      slope = Math.max(0, fitted - CAUTION * error);
      deviation = Math.sqrt(variance * (1 + 1.0 / count));
    }

    double deviations(float code, double least) {
      return (least - meanSimilarity - slope * (code - meanCode)) / deviation;
    }
  }

  public void testAgainstPlainRegression() {
    ScoreErrorModel model = new ScoreErrorModel();
    for (int round = 0; round < 1000; round++) {
      int count = 1 + random().nextInt(random().nextBoolean() ? 5 : 200);
      double offset = random().nextBoolean() ? 0 : 1e3 * random().nextGaussian();
      double scale = Math.pow(10, 2 * random().nextDouble() - 1);
      double slope = 3 * random().nextDouble() - 1;
      double noise = scale * random().nextDouble();
      double prior = scale * (0.01 + random().nextDouble());
      float[] codes = new float[count];
      double[] similarities = new double[count];
      model.clear();
      assertFalse(model.isKnown());
      assertEquals(Double.NEGATIVE_INFINITY, model.score(1, 0), 0);
      model.setPrior(prior);
      for (int i = 0; i < count; i++) {
        codes[i] = (float) (offset + scale * random().nextGaussian());
        similarities[i] = offset + slope * (codes[i] - offset) + noise * random().nextGaussian();
        model.add(codes[i], similarities[i]);
        if (random().nextInt(10) == 0) { // may be called at any time
          model.deviations(codes[i], offset);
        }
      }
      Plain plain = new Plain(codes, similarities, prior);
      for (int i = 0; i < 10; i++) {
        float code = (float) (offset + 3 * scale * random().nextGaussian());
        double least = offset + 3 * scale * random().nextGaussian();
        double expected = plain.deviations(code, least);
        double delta = 1e-5 * Math.max(1, Math.abs(expected));
        assertEquals(expected, model.deviations(code, least), delta);
      }
      // the score for a similarity
      assertTrue(plain.slope >= 0 && plain.slope <= 1);
      double deviations = 4 * random().nextDouble() - 1;
      double code = model.score(offset, deviations);
      double above = offset - plain.meanSimilarity - deviations * plain.deviation;
      if (plain.slope > 1e-3) {
        assertEquals(plain.meanCode + above / plain.slope, code, 1e-4 * (scale + Math.abs(code)));
      } else if (plain.slope == 0) {
        assertEquals(above > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY, code, 0);
      }
      assertEquals(
          "nothing is excluded as long as everything is good enough",
          Double.NEGATIVE_INFINITY,
          model.score(Double.NEGATIVE_INFINITY, deviations),
          0);
    }
  }

  /** Equal vectors show no error, but others are expected to have one. */
  public void testEqualObservations() {
    ScoreErrorModel model = new ScoreErrorModel();
    for (int distinct = 1; distinct <= 3; distinct++) {
      model.clear();
      model.setPrior(0.1);
      for (int i = 0; i < 1000; i++) {
        float shift = 1e-3f * (i / 400 % distinct);
        model.add(0.5f + shift, 0.5 + shift);
      }
      double deviations = model.deviations(0.4f, 0.5);
      assertTrue("" + deviations, deviations > -1 && deviations < 2);
      assertTrue("" + model.score(0.5, 2), model.score(0.5, 2) < 0.4);
    }
  }

  /** With one observation, its error is expected of all vectors. */
  public void testFewObservations() {
    ScoreErrorModel model = new ScoreErrorModel();
    model.setPrior(0.1);
    model.add(0.5f, 0.6);
    assertTrue(model.isKnown());
    assertEquals(0, model.deviations(0.5f, 0.6), 1e-9);
    assertEquals(0, model.deviations(0.3f, 0.4), 1e-6);
    assertTrue(model.deviations(0.5f, 0.7) < 1);
    assertEquals(0.3, model.score(0.4, 0), 1e-6);
  }

  public void testNotFinite() {
    ScoreErrorModel model = new ScoreErrorModel();
    ScoreErrorModel other = new ScoreErrorModel();
    model.setPrior(0.1);
    other.setPrior(0.1);
    float[] floats = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0.3f};
    double[] doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 0.2};
    for (int i = 0; i < 200; i++) {
      float code = random().nextBoolean() ? random().nextFloat() : floats[random().nextInt(4)];
      double similarity =
          random().nextBoolean() ? random().nextDouble() : doubles[random().nextInt(4)];
      model.add(code, similarity);
      if (Float.isFinite(code) && Double.isFinite(similarity)) {
        other.add(code, similarity);
      }
      assertEquals(other.isKnown(), model.isKnown());
      if (model.isKnown()) {
        assertEquals(other.deviations(0.4f, 0.6), model.deviations(0.4f, 0.6), 0);
      }
    }
  }

  /**
   * Observes the best candidates by code, and predicts the next ones. Where similarities differ
   * less than the errors of codes, the best codes are lucky, and lower ones are as good.
   *
   * @return the mean difference of similarities from predictions, in predicted deviations
   */
  private static double meanSurprise(Random random, double spread, double error) {
    ScoreErrorModel model = new ScoreErrorModel();
    double sum = 0;
    double squares = 0;
    int predicted = 0;
    for (int round = 0; round < 100; round++) {
      int size = 1000;
      Integer[] order = new Integer[size];
      float[] codes = new float[size];
      double[] similarities = new double[size];
      for (int i = 0; i < size; i++) {
        order[i] = i;
        similarities[i] = spread * random.nextGaussian();
        codes[i] = (float) (similarities[i] + error * random.nextGaussian());
      }
      Arrays.sort(order, (a, b) -> Float.compare(codes[b], codes[a]));
      model.clear();
      model.setPrior(error);
      for (int i = 0; i < 40; i++) {
        model.add(codes[order[i]], similarities[order[i]]);
      }
      for (int i = 40; i < 120; i++) {
        double x = model.deviations(codes[order[i]], similarities[order[i]]);
        sum += x;
        squares += x * x;
        predicted++;
      }
    }
    double mean = sum / predicted;
    double deviation = Math.sqrt(squares / predicted - mean * mean);
    assertTrue("deviation " + deviation, deviation > 0.4 && deviation < 1.5);
    return mean;
  }

  public void testCalibrated() {
    for (double error : new double[] {0.1, 0.5, 1, 2, 4}) { // times the spread of similarities
      double mean = meanSurprise(random(), 1, error);
      assertTrue("error " + error + ": " + mean, mean > -0.5 && mean < 0.5);
    }
  }
}

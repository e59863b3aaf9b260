/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Metrics. */
public class TestMetric extends LuceneTestCase {

  private static float[] vector(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random().nextGaussian();
    }
    return vector;
  }

  public void testNames() throws IOException {
    JsonMapper mapper = new JsonMapper();
    for (Metric metric : Metric.values()) {
      assertSame(metric, Metric.of(metric.wireName()));
      assertEquals("\"" + metric.wireName() + "\"", mapper.writeValueAsString(metric));
    }
    assertEquals("euclidean", Metric.EUCLIDEAN.wireName());
    IllegalArgumentException e =
        expectThrows(IllegalArgumentException.class, () -> Metric.of("COSINE"));
    assertEquals("expected one of cosine, dot, euclidean, found COSINE", e.getMessage());
  }

  public void testCosineIsOfUnitLengthWhateverTheScale() throws BadDataException {
    for (float scale : new float[] {Float.MIN_VALUE, 1e-30f, 1, 1e30f}) {
      float[] vector = {3 * scale, -4 * scale};
      Metric.COSINE.prepare(vector, "x", 0);
      assertArrayEquals(new float[] {0.6f, -0.8f}, vector, 1e-7f);
    }
  }

  public void testOthersAreLeftAlone() throws BadDataException {
    for (Metric metric : new Metric[] {Metric.DOT, Metric.EUCLIDEAN}) {
      float[] vector = {3, -4};
      metric.prepare(vector, "x", 0);
      assertArrayEquals(new float[] {3, -4}, vector, 0);
      metric.prepare(new float[2], "x", 0);
    }
  }

  public void testWhatCannotBePrepared() {
    for (Metric metric : Metric.values()) {
      for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
        float[] vector = vector(5);
        vector[random().nextInt(5)] = bad;
        BadDataException e =
            expectThrows(BadDataException.class, () -> metric.prepare(vector, "file", 17));
        assertTrue(e.getMessage(), e.getMessage().startsWith("file: expected finite"));
        assertTrue(e.getMessage(), e.getMessage().contains("vector 17"));
      }
    }
    BadDataException e =
        expectThrows(BadDataException.class, () -> Metric.COSINE.prepare(new float[3], "file", 17));
    assertTrue(e.getMessage(), e.getMessage().contains("vector 17, found zeros"));
  }

  public void testNoScoreOverflows() throws BadDataException {
    for (Metric metric : Metric.values()) {
      float[] vector = new float[VectorFile.MAX_DIMENSION];
      float[] opposite = new float[VectorFile.MAX_DIMENSION];
      Arrays.fill(vector, 0.999e18f / 128); // the root of the dimension
      Arrays.fill(opposite, -vector[0]);
      metric.prepare(vector, "file", 0);
      metric.prepare(opposite, "file", 1);
      assertTrue(Float.isFinite(metric.score(vector, vector)));
      assertTrue(Float.isFinite(metric.score(vector, opposite)));
    }
    for (Metric metric : new Metric[] {Metric.DOT, Metric.EUCLIDEAN}) {
      BadDataException e =
          expectThrows(
              BadDataException.class, () -> metric.prepare(new float[] {1.01e18f}, "file", 17));
      assertTrue(e.getMessage(), e.getMessage().startsWith("file: expected a length of at most"));
      assertTrue(e.getMessage(), e.getMessage().contains("1.0E18 of vector 17, found 1.0"));
    }
  }

  /** Lucene's functions and {@link Metric#score} may round differently, but must rank equally. */
  public void testRanksAsLuceneDoes() throws BadDataException {
    for (Metric metric : Metric.values()) {
      for (int i = 0; i < 100; i++) {
        int dimension = 1 + random().nextInt(50);
        float[] query = vector(dimension);
        float[] a = vector(dimension);
        float[] b = vector(dimension);
        metric.prepare(query, "x", 0);
        metric.prepare(a, "x", 1);
        metric.prepare(b, "x", 2);
        float difference = metric.score(query, a) - metric.score(query, b);
        float lucene =
            metric.similarity().compare(query, a) - metric.similarity().compare(query, b);
        if (Math.abs(difference) > 1e-3) {
          assertEquals(metric + " " + difference, difference > 0, lucene > 0);
        }
      }
    }
  }

  public void testScores() {
    float[] a = {1, 2};
    float[] b = {4, -2};
    assertEquals(0, Metric.DOT.score(a, b), 0);
    assertEquals(0, Metric.COSINE.score(a, b), 0);
    assertEquals(-25, Metric.EUCLIDEAN.score(a, b), 0);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Tests the measurements of trained models. */
public class TestNearSample extends LuceneTestCase {

  /** A constant seed, because the expected values were measured on this data. */
  private final Random random = new Random(42);

  private static CodeModel train(float[][] vectors, VectorMetric metric, int bits)
      throws IOException {
    KnnVectorValues values = CodeVectors.values(vectors, VectorEncoding.FLOAT32);
    return CodeTrainer.train(
        values, metric, bits, CodeVectors.costs(values), CodeVectors.oneThread());
  }

  /**
   * Checks the error and the rerank depth with queries that are not in the sample. The expected
   * depth is the one at which nine of ten vectors that are as similar as the tenth are found.
   */
  private static void checkMeasures(
      String what, float[][] all, VectorMetric metric, int bits, double factor) throws IOException {
    int queries = 30;
    float[][] vectors = Arrays.copyOf(all, all.length - queries);
    CodeModel model = train(vectors, metric, bits);
    CodeSample sample = new CodeSample(random(), model, vectors, vectors[0]);
    double squares = 0;
    double depth = 0;
    for (int query = 0; query < queries; query++) {
      sample.setTarget(all[vectors.length + query]);
      double[] truth = sample.similarities();
      float[] scores = sample.scores();
      int[] nearest = best(truth, 100);
      double mean = 0;
      for (int ord : nearest) {
        mean += (scores[ord] - truth[ord]) / nearest.length;
      }
      double square = 0;
      double scale = 0;
      for (int ord : nearest) {
        square += Math.pow(scores[ord] - truth[ord] - mean, 2) / nearest.length;
        double one = sample.query.errorScale(sample.records[ord], scores[ord]);
        scale += one * one / nearest.length;
      }
      squares += square / scale / queries;
      int[] ranks = new int[10]; // of vectors about as similar as the tenth
      for (int i = 0; i < 10; i++) {
        for (float score : scores) {
          ranks[i] += score >= scores[nearest[5 + i]] ? 1 : 0;
        }
      }
      Arrays.sort(ranks);
      depth += Math.max(10, ranks[8]) / (double) queries;
    }
    double error = Math.sqrt(squares);
    String message =
        String.format(
            Locale.ROOT,
            "%s, %s, %d bits: error %.3f, measured %.3f; depth %.1f, measured %.1f",
            what,
            metric,
            bits,
            error,
            model.error(),
            depth,
            model.rerankDepth());
    assertTrue(message, model.error() < 1.5 * error && model.error() > error / 1.5);
    assertTrue(
        message, model.rerankDepth() < factor * depth && model.rerankDepth() > depth / factor);
  }

  private static int[] best(double[] values, int count) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
    return Arrays.stream(order).limit(count).mapToInt(i -> i).toArray();
  }

  public void testMeasures() throws IOException {
    checkText(VectorMetric.EUCLIDEAN, VectorMetric.MANHATTAN);
    checkMeasures(
        "blobs", CodeVectors.blobs(random, 3000, 128, 20, 0.3), VectorMetric.EUCLIDEAN, 1, 1.7);
  }

  private void checkText(VectorMetric... metrics) throws IOException {
    float[][] text = CodeVectors.lowRank(random, 3000, 256, 40);
    for (VectorMetric metric : metrics) {
      if (metric != VectorMetric.EUCLIDEAN) {
        // MANHATTAN underestimates the depth for vectors of different lengths: 60 instead of 128
        for (float[] vector : text) {
          VectorUtil.l2normalize(vector);
        }
      }
      for (int bits : new int[] {1, 4}) {
        checkMeasures("low rank", text, metric, bits, 1.7);
      }
    }
  }

  @Nightly
  public void testMoreMeasures() throws IOException {
    checkText(CodeVectors.METRICS);
    checkMeasures(
        "sparse", CodeVectors.nonNegative(random, 3000, 256, 0.05), VectorMetric.COSINE, 1, 1.7);
    checkMeasures(
        "gaussian", CodeVectors.gaussian(random, 3000, 128, 1), VectorMetric.EUCLIDEAN, 1, 1.7);
    checkMeasures(
        "norms",
        CodeVectors.norms(random, 3000, 128, 1),
        VectorMetric.MAXIMUM_INNER_PRODUCT,
        1,
        2.5);
    checkMeasures("table", CodeVectors.tables(random, 3000, 64, 3), VectorMetric.EUCLIDEAN, 2, 1.7);
  }

  /** More bits reduce the error and the rerank depth. */
  public void testMoreBits() throws IOException {
    float[][] vectors = CodeVectors.lowRank(random, 1000, 128, 30);
    for (VectorMetric metric : List.of(VectorMetric.EUCLIDEAN, VectorMetric.MANHATTAN)) {
      CodeModel last = train(vectors, metric, 1);
      for (int bits = 2; bits <= 8; bits *= 2) {
        CodeModel model = train(vectors, metric, bits);
        assertTrue(model.rerankDepth() <= last.rerankDepth());
        if (metric == VectorMetric.MANHATTAN) { // other errors are relative to the record's scale
          assertTrue(model.error() < last.error());
        }
        last = model;
      }
      assertTrue("" + last.rerankDepth(), last.rerankDepth() < 25);
    }
  }

  /** Equal vectors count once, because it is enough to find any of them. */
  public void testCopies() throws IOException {
    float[][] different = CodeVectors.lowRank(random, 400, 128, 20);
    float[][] copies = new float[4000][];
    Arrays.setAll(copies, i -> different[i % different.length]);
    double expected = train(different, VectorMetric.EUCLIDEAN, 1).rerankDepth();
    double found = train(copies, VectorMetric.EUCLIDEAN, 1).rerankDepth();
    assertTrue(found + ", " + expected, found < 1.5 * expected && found > expected / 1.5);
  }
}

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
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Tests the part of the ten nearest vectors that is among the 20 and 40 best by their codes, in
 * exhaustive scans. The data includes vectors for which codes without a rotation, or relative to a
 * single centroid, are nearly useless.
 */
public class TestCodeTrainerRecall extends LuceneTestCase {

  private static final int QUERIES = 30;
  private static final int WANTED = 10;

  /** A constant seed, because the expected values were measured on this data. */
  private final Random random = new Random(42);

  /** The indices of the largest values, the largest first. */
  private static int[] best(double[] values, int count) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, (a, b) -> Double.compare(values[b], values[a]));
    return Arrays.stream(order).limit(count).mapToInt(i -> i).toArray();
  }

  /**
   * Trains a model and checks its recall.
   *
   * @param all vectors; the last ones serve as queries
   */
  private static void check(
      String what,
      float[][] all,
      VectorMetric metric,
      int bits,
      double minRecall20,
      double minRecall40)
      throws IOException {
    if (metric == VectorMetric.DOT_PRODUCT) {
      for (float[] vector : all) {
        VectorUtil.l2normalize(vector);
      }
    }
    float[][] vectors = Arrays.copyOf(all, all.length - QUERIES);
    KnnVectorValues values = CodeVectors.values(vectors, VectorEncoding.FLOAT32);
    CodeModel model =
        CodeTrainer.train(values, metric, bits, CodeVectors.costs(values), CodeVectors.oneThread());
    CodeSample sample = new CodeSample(random(), model, vectors, vectors[0]);
    double[] found = new double[2];
    for (int query = 0; query < QUERIES; query++) {
      sample.setTarget(all[vectors.length + query]);
      int[] truth = best(sample.similarities(), WANTED);
      float[] scores = sample.scores();
      double[] byCode = new double[scores.length];
      Arrays.setAll(byCode, i -> scores[i]);
      for (int i = 0; i < 2; i++) {
        int[] candidates = best(byCode, 20 << i);
        Arrays.sort(candidates);
        long hits =
            Arrays.stream(truth).filter(ord -> Arrays.binarySearch(candidates, ord) >= 0).count();
        found[i] += hits / (double) (WANTED * QUERIES);
      }
    }
    String message =
        what
            + ", "
            + metric
            + ", "
            + bits
            + " bits, "
            + model.centroids().length
            + " centroids, query of "
            + model.queryBits()
            + " bits: "
            + Arrays.toString(found)
            + ", expected "
            + minRecall20
            + ", "
            + minRecall40;
    assertTrue(message, found[0] >= minRecall20 - 1e-9 && found[1] >= minRecall40 - 1e-9);
  }

  /** Vectors that resemble embeddings: 1 bit is enough. */
  public void testText() throws IOException {
    float[][] all = CodeVectors.lowRank(random, 4000, 384, 40);
    check("low rank", all, VectorMetric.COSINE, 1, 0.89, 0.975);
    check("low rank", all, VectorMetric.EUCLIDEAN, 2, 0.96, 0.99);
    check("low rank", all, VectorMetric.MANHATTAN, 1, 0.58, 0.74);
  }

  /** With a single centroid, the 20 best had recalls of 0.593 and 0.107. */
  public void testClusters() throws IOException {
    float[][] all = CodeVectors.blobs(random, 6000, 384, 90, 0.6);
    check("90 blobs", all, VectorMetric.COSINE, 1, 0.77, 0.94);
    all = CodeVectors.blobs(random, 4000, 200, 20, 0.3);
    check("20 blobs", all, VectorMetric.EUCLIDEAN, 1, 0.67, 0.86);
    check("20 blobs", all, VectorMetric.EUCLIDEAN, 2, 0.91, 0.98);
    all = CodeVectors.blobs(random, 4000, 64, 20, 0.2);
    check("20 blobs", all, VectorMetric.EUCLIDEAN, 4, 0.97, 0.99);
  }

  /** Without a rotation, the 20 best had a recall of 0.103. */
  public void testNonNegative() throws IOException {
    float[][] all = CodeVectors.nonNegative(random, 4000, 512, 0.05);
    check("sparse", all, VectorMetric.COSINE, 1, 0.915, 0.98);
    check("sparse", all, VectorMetric.DOT_PRODUCT, 2, 0.97, 0.99);
    all = CodeVectors.nonNegative(random, 4000, 500, 0.05);
    check("sparse", all, VectorMetric.COSINE, 1, 0.89, 0.97);
  }

  /** With centroids, the 20 best had a recall of 0.327. */
  public void testNorms() throws IOException {
    float[][] all = CodeVectors.norms(random, 4000, 384, 1);
    check("norms", all, VectorMetric.MAXIMUM_INNER_PRODUCT, 1, 0.68, 0.8);
    check("norms", all, VectorMetric.EUCLIDEAN, 1, 0.65, 0.8);
  }

  @Nightly
  public void testHistograms() throws IOException {
    float[][] all = CodeVectors.histograms(random, 4000, 512);
    check("histograms", all, VectorMetric.EUCLIDEAN, 1, 0.97, 0.99);
    check("histograms", all, VectorMetric.EUCLIDEAN, 4, 0.99, 0.99);
  }

  @Nightly
  public void testTables() throws IOException {
    float[][] all = CodeVectors.tables(random, 4000, 64, 3);
    check("table", all, VectorMetric.EUCLIDEAN, 1, 0.92, 0.98);
    check("table", all, VectorMetric.EUCLIDEAN, 4, 0.99, 0.99);
  }

  @Nightly
  public void testSeries() throws IOException {
    float[][] all = CodeVectors.series(random, 4000, 512);
    check("series", all, VectorMetric.EUCLIDEAN, 1, 0.97, 0.99);
    check("series", all, VectorMetric.EUCLIDEAN, 2, 0.98, 0.99);
  }

  /** Codes make use of dimensions that are always zero, whatever the number of dimensions. */
  public void testPadded() throws IOException {
    int[] dimensions = TEST_NIGHTLY ? new int[] {512, 500, 768, 1000} : new int[] {500};
    for (int dimension : dimensions) {
      float[][] all = CodeVectors.lowRank(random, 2000, dimension / 3, 40);
      for (int i = 0; i < all.length; i++) {
        all[i] = Arrays.copyOf(all[i], dimension);
      }
      check("padded to " + dimension, all, VectorMetric.COSINE, 1, 0.93, 0.98);
    }
  }

  /** There are too few vectors for centroids. */
  public void testFewVectors() throws IOException {
    float[][] all = CodeVectors.lowRank(random, 100 + QUERIES, 384, 40);
    check("100", all, VectorMetric.COSINE, 1, 0.98, 1);
  }
}

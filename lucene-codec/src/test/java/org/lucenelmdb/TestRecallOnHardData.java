/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.apache.lucene.index.VectorSimilarityFunction.COSINE;
import static org.apache.lucene.index.VectorSimilarityFunction.DOT_PRODUCT;
import static org.apache.lucene.index.VectorSimilarityFunction.EUCLIDEAN;
import static org.apache.lucene.index.VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.RecallIndex.By;
import org.lucenelmdb.RecallIndex.Form;

/** Recall without any setting on hard data, beside Lucene's format. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestRecallOnHardData extends LuceneTestCase {

  private static final int COUNT = 2500;
  private static final int QUERIES = 150;

  private static void assertRecall(
      HardVectors kind, int dimension, VectorSimilarityFunction similarity) throws IOException {
    Form form = Form.values()[random().nextInt(Form.values().length)];
    RecallComparison comparison =
        new RecallComparison(random(), kind, dimension, similarity, form, COUNT, QUERIES);
    try {
      By by = random().nextBoolean() ? By.FILTER : By.LIVE_DOCS;
      comparison.plain().own().without(100, by).part(0.5, By.FILTER);
    } finally {
      comparison.close();
    }
  }

  public void testBlobs() throws IOException {
    assertRecall(HardVectors.BLOBS, 384, COSINE);
  }

  public void testTightBlobs() throws IOException {
    assertRecall(HardVectors.TIGHT_BLOBS, 200, EUCLIDEAN);
  }

  public void testSubspace() throws IOException {
    assertRecall(HardVectors.SUBSPACE, 384, COSINE);
  }

  public void testGaussian() throws IOException {
    assertRecall(HardVectors.GAUSSIAN, 128, DOT_PRODUCT);
  }

  public void testIntegers() throws IOException {
    assertRecall(HardVectors.INTEGERS, 64, EUCLIDEAN);
  }

  public void testSparse() throws IOException {
    assertRecall(HardVectors.SPARSE, 384, COSINE);
  }

  public void testTable() throws IOException {
    assertRecall(HardVectors.TABLE, 64, EUCLIDEAN);
  }

  public void testSeries() throws IOException {
    assertRecall(HardVectors.SERIES, 384, EUCLIDEAN);
  }

  public void testHistograms() throws IOException {
    assertRecall(HardVectors.HISTOGRAMS, 384, EUCLIDEAN);
  }

  public void testVariants() throws IOException {
    assertRecall(HardVectors.VARIANTS, 384, EUCLIDEAN);
  }

  public void testPadded() throws IOException {
    assertRecall(HardVectors.PADDED, 768, COSINE);
  }

  public void testRogue() throws IOException {
    assertRecall(HardVectors.ROGUE, 200, COSINE);
  }

  public void testNorms() throws IOException {
    assertRecall(HardVectors.NORMS, 384, MAXIMUM_INNER_PRODUCT);
  }

  public void testCopies() throws IOException {
    assertRecall(HardVectors.COPIES, 64, EUCLIDEAN);
  }
}

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
import java.util.Arrays;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.DocFilter.By;
import org.lucenelmdb.VectorIndex.Form;

/** Recall on hard data with default settings, compared with Lucene's format. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestRecallOnHardData extends LuceneTestCase {

  private static final int COUNT = 2500;
  private static final int QUERIES = 200;

  /**
   * Compares recall with the default options, which write no codes in segments as small as these,
   * or with codes. Nightly runs do both.
   */
  private static void assertRecall(
      HardVectors kind, int dimension, VectorSimilarityFunction similarity) throws IOException {
    boolean codes = random().nextBoolean();
    if (TEST_NIGHTLY || codes == false) {
      assertRecall(kind, dimension, similarity, LmdbHnswOptions.DEFAULT);
    }
    if (TEST_NIGHTLY || codes) {
      int bits = 4 << random().nextInt(2);
      assertRecall(kind, dimension, similarity, LmdbHnswOptions.DEFAULT.withCodeBits(bits));
    }
  }

  private static void assertRecall(
      HardVectors kind, int dimension, VectorSimilarityFunction similarity, LmdbHnswOptions options)
      throws IOException {
    Form form = Form.values()[random().nextInt(Form.values().length)];
    RecallComparison comparison =
        new RecallComparison(random(), kind, dimension, similarity, form, options, COUNT, QUERIES);
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
    assertRecall(HardVectors.PADDED, 384, COSINE);
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

  /** Any distribution, dimension and similarity. */
  public void testAny() throws IOException {
    int[] dimensions = {64, 128, 200, 384};
    for (int i = TEST_NIGHTLY ? 4 : 1; i > 0; i--) {
      HardVectors kind = HardVectors.values()[random().nextInt(HardVectors.values().length)];
      int dimension = random().nextInt(20) == 0 ? 768 : dimensions[random().nextInt(4)];
      VectorSimilarityFunction[] all = VectorSimilarityFunction.values();
      assertRecall(kind, dimension, all[random().nextInt(all.length)]);
    }
  }

  /** Segments that are too small for their recall to be measured reach the target, too. */
  public void testFewVectors() throws IOException {
    HardVectors kind =
        random().nextBoolean()
            ? HardVectors.GAUSSIAN
            : HardVectors.values()[random().nextInt(HardVectors.values().length)];
    int dimension = 16 + random().nextInt(500);
    int size = 150 + random().nextInt(1850);
    int queries = 50;
    float[][] all = kind.create(random(), size + queries, dimension);
    float[][] vectors = Arrays.copyOf(all, size);
    int[] allBits = {LmdbHnswOptions.AUTO, LmdbHnswOptions.AUTO, 0, 1, 4};
    int bits = allBits[random().nextInt(allBits.length)];
    double sum = 0;
    try (VectorIndex index = new VectorIndex(newDirectory(), vectors, EUCLIDEAN)) {
      index.add(Form.MERGED, LmdbHnswOptions.DEFAULT.withCodeBits(bits));
      for (int i = size; i < all.length; i++) {
        ScoreDoc[] hits =
            index.search(
                VectorIndex.FIELD,
                all[i],
                10,
                new DocFilter(null, By.FILTER),
                LmdbHnswSearchStrategy.DEFAULT);
        float[] scores = new float[size];
        for (int j = 0; j < size; j++) {
          scores[j] = EUCLIDEAN.compare(all[i], vectors[j]);
        }
        FixedBitSet live = new FixedBitSet(size);
        live.set(0, size);
        sum += Hits.recall(hits, 10, scores, live);
      }
    }
    assertTrue(
        kind + " " + size + " x " + dimension + ", " + bits + " bits: " + sum / queries,
        sum / queries >= 0.93);
  }
}

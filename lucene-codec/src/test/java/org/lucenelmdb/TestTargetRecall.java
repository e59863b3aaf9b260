/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.DocFilter.By;
import org.lucenelmdb.LmdbHnswSearchListener.End;
import org.lucenelmdb.LmdbHnswSearchListener.Search;
import org.lucenelmdb.VectorIndex.Form;

/** Searches reach their target recall, and a higher target costs more. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestTargetRecall extends LuceneTestCase {

  private static final int COUNT = 4000;
  private static final int QUERIES = 300;
  private static final int K = 10;

  /**
   * How far the mean over several distributions may fall below the target. The queries of a test
   * and the 32 to 96 queries of the calibration do not determine recall more precisely.
   */
  private static final double MEAN_MARGIN = 0.02;

  /**
   * The same for one distribution: these differ by 0.02, as do the calibration's standard errors.
   */
  private static final double MARGIN = 0.07;

  private final List<Search> searches = new ArrayList<>();

  private LmdbHnswSearchStrategy target(float recall) {
    return LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(recall).withListener(searches::add);
  }

  /** An index, vectors of the same distribution that are not in it, and their exact scores. */
  private record Data(VectorIndex index, float[][] targets, float[][] scores) implements Closeable {
    @Override
    public void close() throws IOException {
      index.close();
    }
  }

  private static Data data(
      HardVectors kind,
      int dimension,
      VectorSimilarityFunction similarity,
      Form form,
      LmdbHnswOptions options)
      throws IOException {
    float[][] all = kind.create(random(), COUNT + QUERIES, dimension);
    if (similarity == VectorSimilarityFunction.DOT_PRODUCT) {
      for (float[] vector : all) {
        VectorUtil.l2normalize(vector);
      }
    }
    float[][] targets = new float[QUERIES][];
    float[][] vectors = new float[COUNT][];
    System.arraycopy(all, 0, targets, 0, QUERIES);
    System.arraycopy(all, QUERIES, vectors, 0, COUNT);
    VectorIndex index = new VectorIndex(newDirectory(), vectors, similarity).add(form, options);
    float[][] scores = new float[QUERIES][];
    for (int i = 0; i < QUERIES; i++) {
      scores[i] = index.scores(targets[i]);
    }
    return new Data(index, targets, scores);
  }

  /** Accepts a share of the documents at random; null for all. */
  private static FixedBitSet part(double part) {
    return part == 1 ? null : DocFilter.randomDocs(random(), COUNT, part);
  }

  private static double recall(
      Data data, FixedBitSet accepted, By by, LmdbHnswSearchStrategy strategy) throws IOException {
    double sum = 0;
    for (int i = 0; i < QUERIES; i++) {
      float[] target = data.targets[i];
      ScoreDoc[] hits =
          data.index.search(VectorIndex.FIELD, target, K, new DocFilter(accepted, by), strategy);
      sum += Hits.recall(hits, K, data.scores[i], accepted);
    }
    return sum / data.targets.length;
  }

  private long work() {
    return searches.stream().mapToLong(search -> search.visits() + search.reranked()).sum();
  }

  private void assertTarget(double part, By by) throws IOException {
    HardVectors[] kinds = {
      HardVectors.SUBSPACE, HardVectors.SPARSE, HardVectors.TABLE, HardVectors.SERIES,
    };
    float[] recalls = {0.8f, 0.9f, 0.95f, 0.99f};
    double[] sums = new double[recalls.length];
    for (HardVectors kind : kinds) {
      int dimension = 64 << random().nextInt(3);
      VectorSimilarityFunction similarity =
          random().nextBoolean()
              ? VectorSimilarityFunction.EUCLIDEAN
              : VectorSimilarityFunction.DOT_PRODUCT;
      Form form = random().nextBoolean() ? Form.ONE_SEGMENT : Form.MERGED;
      int[] bits = {LmdbHnswOptions.AUTO, 0, 2, 4};
      LmdbHnswOptions options =
          LmdbHnswOptions.DEFAULT.withCodeBits(bits[random().nextInt(bits.length)]);
      try (Data data = data(kind, dimension, similarity, form, options)) {
        FixedBitSet accepted = part(part);
        String what = kind + ", " + dimension + ", " + similarity + ", " + form + ", " + options;
        long before = 0;
        for (int i = 0; i < recalls.length; i++) {
          searches.clear();
          double reached = recall(data, accepted, by, target(recalls[i]));
          assertTrue(
              what + ": asked " + recalls[i] + ", reached " + reached,
              reached >= recalls[i] - MARGIN);
          sums[i] += reached / kinds.length;
          // equal for exhaustive searches, as which some traversals end
          assertTrue(what, work() >= 0.8 * before);
          before = work();
          for (Search search : searches) {
            assertTrue("" + search, search.end() == End.TARGET || search.end() == End.COMPLETE);
            assertTrue("" + search, search.expectedRecall() >= recalls[i] - 1e-6);
            assertTrue("" + search, search.expectedRecall() <= 1);
          }
        }
      }
    }
    for (int i = 0; i < recalls.length; i++) {
      assertTrue(recalls[i] + ": " + sums[i], sums[i] >= recalls[i] - MEAN_MARGIN);
    }
  }

  public void testPlain() throws IOException {
    assertTarget(1, By.FILTER);
  }

  public void testHalf() throws IOException {
    assertTarget(0.5, random().nextBoolean() ? By.FILTER : By.LIVE_DOCS);
  }

  public void testFew() throws IOException {
    assertTarget(0.03 + 0.1 * random().nextDouble(), By.FILTER);
  }

  /** A lower target costs less. */
  public void testCheaper() throws IOException {
    try (Data data =
        data(
            HardVectors.SPARSE,
            128,
            VectorSimilarityFunction.EUCLIDEAN,
            Form.ONE_SEGMENT,
            LmdbHnswOptions.DEFAULT.withCodeBits(random().nextBoolean() ? 0 : 4))) {
      recall(data, null, By.FILTER, target(0.8f));
      long little = work();
      searches.clear();
      recall(data, null, By.FILTER, target(0.99f));
      assertTrue(little + " of " + work(), little < 0.7 * work());
    }
  }

  /** Without a target in the strategy, the field's own target applies. */
  public void testOfField() throws IOException {
    float recall = 0.5f + 0.499f * random().nextFloat();
    int bits = random().nextBoolean() ? 0 : 4;
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withCodeBits(bits).withTargetRecall(recall);
    Form form = Form.values()[random().nextInt(Form.values().length)];
    VectorSimilarityFunction similarity = VectorSimilarityFunction.EUCLIDEAN;
    try (Data data = data(HardVectors.SUBSPACE, 64, similarity, form, options)) {
      FixedBitSet accepted = part(random().nextBoolean() ? 1 : 0.4);
      recall(data, accepted, By.FILTER, target(recall));
      List<Search> asked = List.copyOf(searches);
      searches.clear();
      recall(data, accepted, By.FILTER, LmdbHnswSearchStrategy.DEFAULT.withListener(searches::add));
      assertEquals(asked, searches);
    }
  }

  /** Oversampling, of the query or of the field, replaces the target. */
  public void testOversampling() throws IOException {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withCodeBits(2).withOversampling(3);
    VectorSimilarityFunction similarity = VectorSimilarityFunction.EUCLIDEAN;
    try (Data data = data(HardVectors.SUBSPACE, 64, similarity, Form.ONE_SEGMENT, options)) {
      recall(data, null, By.FILTER, LmdbHnswSearchStrategy.DEFAULT.withListener(searches::add));
      recall(
          data,
          null,
          By.FILTER,
          LmdbHnswSearchStrategy.DEFAULT.withOversampling(3).withListener(searches::add));
      for (Search search : searches) {
        assertEquals(End.CANDIDATES, search.end());
        assertEquals(Double.NaN, search.expectedRecall(), 0);
        assertEquals(3 * K, search.reranked());
      }
      searches.clear();
      double reached = recall(data, null, By.FILTER, target(0.95f));
      assertTrue("" + reached, reached >= 0.95 - MARGIN);
      assertEquals(End.TARGET, searches.get(0).end());
    }
  }

  /** An oversampling does not apply to segments without codes, nor does it lower their recall. */
  public void testOversamplingWithoutCodes() throws IOException {
    try (Data data =
        data(
            HardVectors.GAUSSIAN,
            64,
            VectorSimilarityFunction.EUCLIDEAN,
            Form.ONE_SEGMENT,
            LmdbHnswOptions.DEFAULT.withCodeBits(0))) {
      double byDefault = recall(data, null, By.FILTER, LmdbHnswSearchStrategy.DEFAULT);
      double oversampled =
          recall(data, null, By.FILTER, LmdbHnswSearchStrategy.DEFAULT.withOversampling(3));
      assertEquals(byDefault, oversampled, 0);
      assertTrue("" + byDefault, byDefault >= 0.95 - MARGIN);
    }
  }

  /** Documents without a vector, a sorted index, compound files, all encodings and metrics. */
  public void testForms() throws IOException {
    for (int bits : new int[] {0, 8}) {
      for (int kind = 0; kind < 4; kind++) {
        IndexWriterConfig config =
            newIndexWriterConfig()
                .setCodec(new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withCodeBits(bits)))
                .setMaxBufferedDocs(10_000)
                .setRAMBufferSizeMB(1000);
        boolean isSorted = random().nextBoolean();
        if (isSorted) {
          config.setIndexSort(new Sort(new SortField("number", SortField.Type.LONG)));
        }
        Random source = new Random(random().nextLong());
        try (Directory directory = newDirectory()) {
          try (IndexWriter writer = new IndexWriter(directory, config)) {
            for (int i = 0; i < 5000; i++) {
              Document document = new Document();
              document.add(new NumericDocValuesField("number", random().nextInt(1000)));
              if (i % 2 == 0) { // enough for the calibration
                document.add(field(kind, source));
              }
              writer.addDocument(document);
            }
            writer.forceMerge(1);
          }
          TestUtil.checkIndex(directory);
          try (DirectoryReader reader = DirectoryReader.open(directory)) {
            IndexSearcher searcher = newSearcher(reader);
            for (int i = 0; i < 10; i++) {
              searches.clear();
              float[] floats = random(source);
              LmdbHnswSearchStrategy how = target(0.9f);
              searcher.search(
                  kind < 2
                      ? new KnnFloatVectorQuery("vector", floats, K, null, how)
                      : new KnnByteVectorQuery("vector", bytes(floats), K, null, how),
                  K);
              assertEquals(1, searches.size());
              Search search = searches.get(0);
              assertEquals(2500, search.vectors());
              assertTrue("" + search, search.expectedRecall() >= 0.9);
            }
          }
        }
      }
    }
  }

  private static float[] random(Random source) {
    float[] vector = new float[16];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) source.nextGaussian();
    }
    return vector;
  }

  private static byte[] bytes(float[] floats) {
    byte[] bytes = new byte[floats.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.max(-128, Math.min(127, 30 * floats[i]));
    }
    return bytes;
  }

  private static Field field(int kind, Random source) {
    float[] floats = random(source);
    return switch (kind) {
      case 0 ->
          new KnnFloatVectorField("vector", floats, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
      case 1 -> new KnnFloatVectorField("vector", floats, LmdbHnswFieldTypes.floatManhattan(16));
      case 2 -> new KnnByteVectorField("vector", bytes(floats), VectorSimilarityFunction.EUCLIDEAN);
      default ->
          new KnnByteVectorField("vector", bytes(floats), LmdbHnswFieldTypes.byteHamming(16));
    };
  }

  /** Few distinct vectors: the calibration has nothing to measure. */
  public void testCopies() throws IOException {
    float[][] vectors = new float[2500][];
    int different = 1 + random().nextInt(20);
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = new float[] {i % different, 1, 2};
    }
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withCodeBits(random().nextBoolean() ? 0 : 4);
    VectorSimilarityFunction similarity = VectorSimilarityFunction.EUCLIDEAN;
    Form form = Form.ONE_SEGMENT;
    try (VectorIndex index =
        new VectorIndex(newDirectory(), vectors, similarity).add(form, options)) {
      ScoreDoc[] hits =
          index.search(
              VectorIndex.FIELD, vectors[0], K, new DocFilter(null, By.FILTER), target(0.95f));
      assertEquals(K, hits.length);
      for (ScoreDoc hit : hits) {
        assertEquals(1, hit.score, 0);
      }
    }
  }

  public void testRanges() {
    for (float wrong : new float[] {0, 0.49f, 0.9991f, 1, -2, Float.NaN}) {
      for (ThrowingRunnable call :
          new ThrowingRunnable[] {
            () -> LmdbHnswOptions.DEFAULT.withTargetRecall(wrong),
            () -> LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(wrong)
          }) {
        IllegalArgumentException e = expectThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage(), e.getMessage().contains("targetRecall=" + wrong));
      }
    }
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTargetRecall(0.7f).withMaxConn(5);
    assertEquals(0.7f, options.targetRecall(), 0);
    assertTrue(options.toString(), options.toString().contains("targetRecall=0.7"));
    assertEquals(
        LmdbHnswOptions.AUTO, options.withTargetRecall(LmdbHnswOptions.AUTO).targetRecall(), 0);
    assertEquals(LmdbHnswOptions.AUTO, LmdbHnswOptions.DEFAULT.targetRecall(), 0);

    LmdbHnswSearchStrategy strategy =
        LmdbHnswSearchStrategy.DEFAULT.withOversampling(2).withTargetRecall(0.9f);
    assertEquals(0.9f, strategy.targetRecall(), 0);
    assertEquals("the target replaces it", LmdbHnswOptions.AUTO, strategy.oversampling(), 0);
    assertEquals(LmdbHnswOptions.AUTO, LmdbHnswSearchStrategy.DEFAULT.targetRecall(), 0);
    assertEquals(strategy, LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(0.9f));
    assertEquals(
        strategy.hashCode(), LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(0.9f).hashCode());
    assertNotEquals(strategy, LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(0.8f));
    assertNotEquals(strategy, LmdbHnswSearchStrategy.DEFAULT);
    assertTrue(strategy.toString(), strategy.toString().contains("targetRecall=0.9"));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

public class TestCodeTrainer extends LuceneTestCase {

  /** A constant seed, because a choice between equally good models may go either way. */
  private final Random random = new Random(42);

  private static KnnVectorValues values(float[][] vectors) {
    return CodeVectors.values(vectors, VectorEncoding.FLOAT32);
  }

  private static CodeModel train(float[][] vectors, VectorMetric metric, int bits)
      throws IOException {
    return CodeTrainer.train(
        values(vectors), metric, bits, CodeVectors.costs(values(vectors)), CodeVectors.oneThread());
  }

  private static CodeModel trainAny(float[][] vectors, VectorMetric metric, int fewest)
      throws IOException {
    return CodeTrainer.trainAny(
        values(vectors),
        metric,
        fewest,
        CodeVectors.costs(values(vectors)),
        CodeVectors.oneThread());
  }

  private static boolean isZero(float[] mean) {
    for (float x : mean) {
      if (x != 0) {
        return false;
      }
    }
    return true;
  }

  public void testTextTakesOneBit() throws IOException {
    float[][] vectors = CodeVectors.lowRank(random, 3000, 1024, 40);
    for (VectorMetric metric : List.of(VectorMetric.COSINE, VectorMetric.EUCLIDEAN)) {
      CodeModel model = trainAny(vectors, metric, 1);
      assertEquals(1, model.layout().bits());
      assertEquals(4, model.queryBits());
      assertTrue("" + model.rerankDepth(), model.rerankDepth() >= 10 && model.rerankDepth() < 40);
    }
    assertEquals("at least as many", 2, trainAny(vectors, VectorMetric.COSINE, 2).layout().bits());
  }

  /** With the Vector API, comparing few vectors takes less time than quantizing a query. */
  public void testVectorApi() throws IOException {
    KnnVectorValues values = values(CodeVectors.lowRank(random, 3000, 384, 40));
    for (boolean hasVectorApi : new boolean[] {true, false}) {
      CodeCosts costs = new CodeCosts(values.size(), 384 * Float.BYTES, hasVectorApi);
      CodeModel model =
          CodeTrainer.trainAny(values, VectorMetric.COSINE, 1, costs, CodeVectors.oneThread());
      assertEquals(hasVectorApi, model == null);
    }
  }

  /** The nearest vectors are hardly nearer than others, so that 1 bit would rerank hundreds. */
  public void testGaussianTakesMoreBits() throws IOException {
    float[][] vectors = CodeVectors.gaussian(random, 4000, 384, 1);
    CodeModel model = trainAny(vectors, VectorMetric.EUCLIDEAN, 1);
    assertTrue("" + model, model == null || model.layout().bits() > 1);
    CodeModel forced = train(vectors, VectorMetric.EUCLIDEAN, 1);
    assertEquals(1, forced.layout().bits());
    assertTrue("" + forced.rerankDepth(), forced.rerankDepth() > 60);
  }

  /** The vectors of a group differ by less than the error of 1 bit. */
  public void testTightGroupsTakeMoreBits() throws IOException {
    float[][] vectors = CodeVectors.variants(random, 3000, 384, 100, 0.01);
    CodeModel model = trainAny(vectors, VectorMetric.EUCLIDEAN, 1);
    assertTrue("" + model, model == null || model.layout().bits() > 1);
  }

  /** Codes that are about as long as the vectors do not pay off. */
  public void testNoCodes() throws IOException {
    float[][] vectors = new float[1000][24];
    for (float[] vector : vectors) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = random.nextInt(256) - 128;
      }
    }
    KnnVectorValues bytes = CodeVectors.values(vectors, VectorEncoding.BYTE);
    assertNull(
        CodeTrainer.trainAny(
            bytes, VectorMetric.EUCLIDEAN, 4, CodeVectors.costs(bytes), CodeVectors.oneThread()));
    assertNotNull(
        CodeTrainer.train(
            bytes, VectorMetric.EUCLIDEAN, 4, CodeVectors.costs(bytes), CodeVectors.oneThread()));
  }

  public void testCentroidsForClusters() throws IOException {
    float[][] vectors = CodeVectors.blobs(random, 4096, 100, 20, 0.3);
    for (VectorMetric metric : List.of(VectorMetric.EUCLIDEAN, VectorMetric.COSINE)) {
      assertEquals(64, train(vectors, metric, 1).centroids().length);
      assertEquals(64, train(vectors, metric, 4).centroids().length);
    }
    // at least 64 vectors for each centroid, and a power of 2
    float[][] fewer = Arrays.copyOf(vectors, 1100);
    assertEquals(16, train(fewer, VectorMetric.EUCLIDEAN, 1).centroids().length);
    float[][] two = Arrays.copyOf(CodeVectors.blobs(random, 128, 100, 2, 0.1), 128);
    assertEquals(2, train(two, VectorMetric.EUCLIDEAN, 1).centroids().length);
    float[][] few = Arrays.copyOf(two, 127);
    assertEquals(0, train(few, VectorMetric.EUCLIDEAN, 1).centroids().length);
  }

  public void testNoCentroidsForGaussian() throws IOException {
    float[][] vectors = CodeVectors.gaussian(random, 4096, 128, 1);
    assertEquals(0, train(vectors, VectorMetric.EUCLIDEAN, 1).centroids().length);
    assertEquals(0, train(vectors, VectorMetric.COSINE, 2).centroids().length);
  }

  /** A few long vectors dominate the mean, and are the nearest vectors. */
  public void testNormsOfInnerProducts() throws IOException {
    float[][] vectors = CodeVectors.norms(random, 3000, 200, 2);
    CodeModel model = train(vectors, VectorMetric.MAXIMUM_INNER_PRODUCT, 1);
    assertEquals(0, model.centroids().length);
    assertTrue(isZero(model.mean()));
    // with distances, all vectors matter equally
    assertFalse(isZero(train(vectors, VectorMetric.EUCLIDEAN, 1).mean()));
    // for vectors of similar lengths far from the origin, the mean is better
    vectors = CodeVectors.gaussian(random, 3000, 200, 0.1);
    for (float[] vector : vectors) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] += 1;
      }
    }
    model = train(vectors, VectorMetric.MAXIMUM_INNER_PRODUCT, 1);
    assertFalse(isZero(model.mean()));
  }

  public void testMeans() throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (VectorEncoding encoding : VectorEncoding.values()) {
        int size = TestUtil.nextInt(random(), 1, 400);
        int dimension = TestUtil.nextInt(random(), 1, 40);
        float[][] vectors = CodeVectors.vectors(random(), metric, size, dimension, encoding);
        KnnVectorValues values = CodeVectors.values(vectors, encoding);
        CodeModel model =
            CodeTrainer.train(
                values, metric, 2, CodeVectors.costs(values), CodeVectors.oneThread());
        float[] expected = new float[dimension];
        float[] deviations = new float[dimension];
        for (int i = 0; i < dimension; i++) {
          double sum = 0;
          double squares = 0;
          for (float[] vector : vectors) {
            double x = metric == VectorMetric.COSINE ? CodeVectors.unit(vector)[i] : vector[i];
            sum += x / size;
          }
          for (float[] vector : vectors) {
            squares += Math.pow(vector[i] - sum, 2) / size;
          }
          expected[i] = (float) sum;
          deviations[i] = (float) Math.sqrt(squares);
        }
        float tolerance = encoding == VectorEncoding.BYTE ? 1e-3f : 1e-5f;
        boolean mayBeZero =
            metric == VectorMetric.DOT_PRODUCT || metric == VectorMetric.MAXIMUM_INNER_PRODUCT;
        if (mayBeZero == false || isZero(model.mean()) == false) {
          assertArrayEquals(expected, model.mean(), tolerance);
        }
        assertEquals(metric == VectorMetric.MANHATTAN, model.deviations() != null);
        if (model.deviations() != null) {
          assertArrayEquals(deviations, model.deviations(), tolerance);
        }
        assertEquals(CodeLayout.of(dimension, 2, metric), model.layout());
        assertEquals(metric, model.metric());
      }
    }
  }

  /** With many bits of codes, queries of 4 bits would limit the precision. */
  public void testQueryBits() throws IOException {
    float[][] vectors = CodeVectors.blobs(random, 4000, 64, 20, 0.2);
    assertEquals(8, train(vectors, VectorMetric.EUCLIDEAN, 4).queryBits());
    float[][] text = CodeVectors.lowRank(random, 2000, 128, 30);
    assertEquals(4, train(text, VectorMetric.EUCLIDEAN, 1).queryBits());
  }

  private static void assertSame(CodeModel expected, CodeModel found) {
    if (expected == null || found == null) {
      assertSame((Object) expected, found);
      return;
    }
    assertEquals(expected.layout(), found.layout());
    assertEquals(expected.queryBits(), found.queryBits());
    assertEquals(expected.error(), found.error(), 0f);
    assertEquals(expected.rerankDepth(), found.rerankDepth(), 0f);
    assertArrayEquals(expected.mean(), found.mean(), 0f);
    assertArrayEquals(expected.centroids(), found.centroids());
    assertEquals(expected.seed(), found.seed());
  }

  /** The model does not depend on the number of threads. */
  public void testDeterministic() throws IOException {
    assumeFalse(
        "kernels of the Vector API add in another order once the JIT has compiled them",
        ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent());
    int threads = TestUtil.nextInt(random(), 2, 4);
    ExecutorService executor =
        Executors.newFixedThreadPool(threads, new NamedThreadFactory("train"));
    try {
      Set<String> phases = new TreeSet<>();
      Workers workers =
          new Workers(
              new TaskExecutor(executor),
              threads,
              () -> {},
              (phase, done, total) -> {
                synchronized (phases) {
                  phases.add(phase);
                }
              });
      for (VectorMetric metric : CodeVectors.METRICS) {
        float[][] vectors = CodeVectors.blobs(random(), 6000, 16, 20, 0.3);
        if (metric == VectorMetric.DOT_PRODUCT) {
          for (float[] vector : vectors) {
            VectorUtil.l2normalize(vector);
          }
        }
        CodeModel expected = train(vectors, metric, 2);
        assertSame(expected, train(vectors, metric, 2));
        assertSame(
            expected,
            CodeTrainer.train(
                values(vectors), metric, 2, CodeVectors.costs(values(vectors)), workers));
        CodeModel any =
            CodeTrainer.trainAny(
                values(vectors), metric, 1, CodeVectors.costs(values(vectors)), workers);
        assertSame(trainAny(vectors, metric, 1), any);
      }
      assertEquals(Set.of("sample"), phases);
    } finally {
      TestUtil.shutdownExecutorService(executor);
    }
  }

  /** Checks that a model can be written, read and used. */
  private static void checkUsable(String message, CodeModel model, float[][] vectors)
      throws IOException {
    assertTrue(
        message + model.rerankDepth(), model.rerankDepth() >= 0 && model.rerankDepth() <= 1000);
    assertTrue(message + model.error(), model.error() >= 0 && Float.isFinite(model.error()));
    for (float x : model.mean()) {
      assertTrue(message, Float.isFinite(x));
    }
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        model.write(out);
      }
      try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
        CodeLayout layout = model.layout();
        CodeModel.read(in, layout.dimension(), layout.bits(), model.metric());
      }
    }
    CodeSample sample = new CodeSample(random(), model, vectors, vectors[vectors.length - 1]);
    assertEquals(vectors.length, sample.scores().length);
  }

  private static void checkUsable(String message, float[][] vectors, VectorEncoding encoding)
      throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      KnnVectorValues values = CodeVectors.values(vectors, encoding);
      for (int bits : CodeVectors.BITS) {
        String what = message + ", " + metric + ", " + bits + " bits, " + encoding + ": ";
        CodeModel model =
            CodeTrainer.train(
                values, metric, bits, CodeVectors.costs(values), CodeVectors.oneThread());
        assertEquals(what, bits, model.layout().bits());
        checkUsable(what, model, vectors);
        CodeModel any =
            CodeTrainer.trainAny(
                values, metric, bits, CodeVectors.costs(values), CodeVectors.oneThread());
        if (any != null) {
          assertTrue(what, any.layout().bits() >= bits);
          checkUsable(what, any, vectors);
        }
      }
    }
  }

  public void testFewVectors() throws IOException {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      for (int size : new int[] {1, 2, 3, 4, 5, 11, 12}) {
        int dimension = TestUtil.nextInt(random(), 1, 20);
        float[][] vectors =
            CodeVectors.vectors(random(), VectorMetric.EUCLIDEAN, size, dimension, encoding);
        checkUsable(size + " vectors", vectors, encoding);
      }
    }
  }

  public void testEqualVectors() throws IOException {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      for (int size : new int[] {1, 2, 20, 300}) {
        float[][] vectors = new float[size][];
        Arrays.fill(vectors, CodeVectors.vector(random(), 9, encoding));
        checkUsable(size + " equal vectors", vectors, encoding);
        checkUsable(size + " zeros", new float[size][9], encoding);
        Arrays.fill(vectors, size / 2, size, CodeVectors.vector(random(), 9, encoding));
        checkUsable(size + " of two", vectors, encoding);
      }
    }
  }

  /**
   * Corrupt or huge vectors. Lucene's similarity functions assert finite results, so metrics that
   * use them are tested with values that they can compare.
   */
  public void testExtremeVectors() throws IOException {
    for (float extreme :
        new float[] {1f / 0, -1f / 0, Float.NaN, Float.MAX_VALUE, 1e18f, 1e-30f, 1e-44f}) {
      for (int dimension : new int[] {1, 9, 40}) {
        float[][] vectors = CodeVectors.gaussian(random(), 200, dimension, 1);
        boolean all = random().nextInt(3) == 0;
        for (int i = 0; i < (all ? vectors.length : 5); i++) {
          int at = random().nextInt(dimension);
          vectors[all ? i : random().nextInt(vectors.length)][at] = extreme;
        }
        boolean isComparable = Math.abs(extreme) < 1e19f;
        for (VectorMetric metric : CodeVectors.METRICS) {
          if (isComparable == false && metric.isLuceneFunction()) {
            continue;
          }
          for (int bits : CodeVectors.BITS) {
            String message = metric + ", " + bits + " bits, " + extreme + ": ";
            checkUsable(message, train(vectors, metric, bits), vectors);
            CodeModel any = trainAny(vectors, metric, bits);
            if (any != null) {
              checkUsable(message, any, vectors);
            }
          }
        }
      }
    }
  }

  public void testAborts() throws IOException {
    float[][] vectors = CodeVectors.gaussian(random(), 600, 8, 1);
    for (VectorMetric metric : List.of(VectorMetric.COSINE, VectorMetric.MANHATTAN)) {
      AtomicInteger calls = new AtomicInteger();
      Workers counting = new Workers(null, 1, calls::incrementAndGet, (p, d, t) -> {});
      CodeTrainer.trainAny(
          values(vectors), metric, 1, CodeVectors.costs(values(vectors)), counting);
      int all = calls.get();
      for (int allowed : new int[] {0, 1, 5, random().nextInt(all), all - 1}) {
        AtomicInteger left = new AtomicInteger(allowed);
        Workers workers =
            new Workers(
                null,
                1,
                () -> {
                  if (left.getAndDecrement() == 0) {
                    throw new MergePolicy.MergeAbortedException("enough");
                  }
                },
                (phase, done, total) -> {});
        expectThrows(
            MergePolicy.MergeAbortedException.class,
            () ->
                CodeTrainer.trainAny(
                    values(vectors), metric, 1, CodeVectors.costs(values(vectors)), workers));
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** On hard data, recall is as good as that of Lucene's graphs. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestHardData extends LuceneTestCase {

  private static final int SIZE = 3000;
  private static final int QUERIES = 200;
  private static final int K = 10;
  private static final GraphParameters OPTIONS = new GraphParameters(16, 100, 1, 0);

  /** The difference of recall that two graphs of the same data may have by chance. */
  private static final double MARGIN = 0.03;

  private static float[] gaussian(int dimension, double deviation) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) (deviation * random().nextGaussian());
    }
    return vector;
  }

  private static double lognormal(double sigma) {
    return Math.exp(sigma * random().nextGaussian());
  }

  private static float[] sum(float[] a, float[] b) {
    float[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] += b[i];
    }
    return sum;
  }

  private static List<float[]> generate(int count, Supplier<float[]> vectors) {
    return new ArrayList<>(Stream.generate(vectors).limit(count).toList());
  }

  private static float[] scores(FloatVectorValues values, VectorMetric metric, float[] query)
      throws IOException {
    RandomVectorScorer scorer = metric.scorer(values, query);
    float[] scores = new float[values.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = scorer.score(i);
    }
    return scores;
  }

  private static int[] search(
      HnswGraph graph, FloatVectorValues values, VectorMetric metric, float[] query, int k)
      throws IOException {
    TopKnnCollector hits = new TopKnnCollector(k, Integer.MAX_VALUE);
    HnswGraphSearcher.search(metric.scorer(values, query), hits, graph, null);
    return Arrays.stream(hits.topDocs().scoreDocs).mapToInt(hit -> hit.doc).toArray();
  }

  /** Returns the recall, where results with equal scores are equally good. */
  private static double recall(
      HnswGraph graph, FloatVectorValues values, VectorMetric metric, List<float[]> queries)
      throws IOException {
    int found = 0;
    for (float[] query : queries) {
      float[] scores = scores(values, metric, query);
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      float bound = sorted[sorted.length - K];
      for (int hit : search(graph, values, metric, query, K)) {
        found += scores[hit] >= bound ? 1 : 0;
      }
    }
    return found / (double) (queries.size() * K);
  }

  private static FloatVectorValues values(List<float[]> vectors) {
    return FloatVectorValues.fromFloats(vectors, vectors.get(0).length);
  }

  private static HeapGraph build(FloatVectorValues values, VectorMetric metric, int bits)
      throws IOException {
    return Graphs.build(OPTIONS, values, metric, bits, null, Graphs.oneThread())
        .check(metric + ", " + bits + " bits", values.size(), OPTIONS.maxConn());
  }

  private static HeapGraph lucenes(FloatVectorValues values, VectorMetric metric)
      throws IOException {
    return HeapGraph.copy(
        HnswGraphBuilder.create(metric.scorers(values), OPTIONS.maxConn(), OPTIONS.beamWidth(), 42)
            .build(values.size()));
  }

  /** Compares the recall of vectors that are in the graph and of others. */
  private static void check(List<float[]> vectors, VectorMetric metric) throws IOException {
    check(vectors, metric, MARGIN);
  }

  private static void check(List<float[]> vectors, VectorMetric metric, double margin)
      throws IOException {
    List<float[]> queries = vectors.subList(0, QUERIES);
    FloatVectorValues values = values(vectors.subList(QUERIES, vectors.size()));
    HeapGraph graph = build(values, metric, 0);
    HeapGraph lucenes = lucenes(values, metric);
    List<float[]> own = vectors.subList(QUERIES, 2 * QUERIES);
    for (List<float[]> some : List.of(queries, own)) {
      double recall = recall(graph, values, metric, some);
      double other = recall(lucenes, values, metric, some);
      String message = metric + (some == own ? ", own: " : ": ") + recall + " and " + other;
      assertTrue(message, recall > other - margin);
    }
  }

  /** Long vectors are the nearest neighbors of all others, short ones of none. */
  public void testLengths() throws IOException {
    int dimension = TestUtil.nextInt(random(), 32, 128);
    for (double sigma : new double[] {1, 2.5}) {
      check(
          generate(SIZE, () -> gaussian(dimension, lognormal(sigma))),
          VectorMetric.MAXIMUM_INNER_PRODUCT);
    }
  }

  /** The same with a build by codes. */
  public void testLengthsOnCodes() throws IOException {
    VectorMetric metric = VectorMetric.MAXIMUM_INNER_PRODUCT;
    List<float[]> vectors = generate(SIZE, () -> gaussian(48, lognormal(1)));
    FloatVectorValues values = values(vectors.subList(QUERIES, SIZE));
    List<float[]> queries = vectors.subList(0, QUERIES);
    double recall = recall(build(values, metric, 8), values, metric, queries);
    double other = recall(lucenes(values, metric), values, metric, queries);
    assertTrue(recall + " and " + other, recall > other - MARGIN);
  }

  /**
   * Clusters in few dimensions, where the first neighbor of a short vector is nearer to all others.
   */
  public void testClustersOfDifferentLengths() throws IOException {
    int dimension = 64;
    List<float[]> basis = generate(6, () -> gaussian(dimension, 1));
    List<float[]> centers = generate(20, () -> gaussian(6, 1));
    double[] lengths = centers.stream().mapToDouble(c -> lognormal(0.7)).toArray();
    Supplier<float[]> vectors =
        () -> {
          int cluster = random().nextInt(centers.size());
          float[] weights = sum(centers.get(cluster), gaussian(6, 0.3));
          float[] vector = new float[dimension];
          for (int i = 0; i < 6; i++) {
            for (int j = 0; j < dimension; j++) {
              vector[j] += (float) (lengths[cluster] * weights[i] * basis.get(i)[j]);
            }
          }
          return vector;
        };
    check(generate(SIZE, vectors), VectorMetric.MAXIMUM_INNER_PRODUCT);
  }

  /** By distance, short vectors are the nearest neighbors of all others. */
  public void testLengthsByDistance() throws IOException {
    // recall is less than a half, and varies more
    check(generate(SIZE, () -> gaussian(64, lognormal(1))), VectorMetric.EUCLIDEAN, 2 * MARGIN);
  }

  public void testIndependentDimensions() throws IOException {
    check(generate(SIZE, () -> gaussian(64, 1)), VectorMetric.EUCLIDEAN);
  }

  public void testBlobs() throws IOException {
    List<float[]> centers = generate(20, () -> gaussian(64, 1));
    check(
        generate(SIZE, () -> sum(centers.get(random().nextInt(20)), gaussian(64, 0.5))),
        random().nextBoolean() ? VectorMetric.EUCLIDEAN : VectorMetric.COSINE);
  }

  /** Graphs for exact scores have about as many links as Lucene's, graphs for codes fewer. */
  public void testAsManyLinksAsLucenes() throws IOException {
    FloatVectorValues values = values(generate(SIZE, () -> gaussian(32, 1)));
    int links = build(values, VectorMetric.EUCLIDEAN, 0).countLinks();
    int lucenes = lucenes(values, VectorMetric.EUCLIDEAN).countLinks();
    int sparse = build(values, VectorMetric.EUCLIDEAN, 2).countLinks();
    assertTrue(links + " and " + lucenes, links > 0.9 * lucenes);
    assertTrue(links + " and, with codes, " + sparse, sparse < 0.9 * links);
  }

  /** Duplicates do not lower the recall of other vectors. */
  public void testDuplicates() throws IOException {
    for (int originals : new int[] {1, 20}) {
      VectorMetric metric = random().nextBoolean() ? VectorMetric.EUCLIDEAN : VectorMetric.COSINE;
      List<float[]> others = generate(SIZE, () -> gaussian(48, 1));
      List<float[]> queries = others.subList(0, QUERIES);
      List<float[]> duplicated = generate(originals, () -> gaussian(48, 1));
      List<float[]> distinct = new ArrayList<>(others.subList(QUERIES, SIZE));
      distinct.addAll(duplicated);
      List<float[]> all = new ArrayList<>(distinct);
      for (int i = 0; i < 1500; i++) {
        all.add(random().nextInt(all.size()), duplicated.get(random().nextInt(originals)));
      }
      double without =
          recall(build(values(distinct), metric, 0), values(distinct), metric, queries);
      double with = recall(build(values(all), metric, 0), values(all), metric, queries);
      String message = metric + ", duplicates of " + originals + ": " + with + " and " + without;
      assertTrue(message, with > without - MARGIN);
    }
  }

  /** Of equal vectors, the first ones are found, as in an exhaustive search. */
  public void testFirstDuplicates() throws IOException {
    float[] vector = gaussian(4, 0.5);
    List<float[]> vectors = generate(200, () -> gaussian(4, 1));
    int duplicates = TestUtil.nextInt(random(), 10, 500);
    for (int i = 0; i < duplicates; i++) {
      vectors.add(random().nextInt(vectors.size() + 1), vector);
    }
    int[] expected =
        IntStream.range(0, vectors.size()).filter(i -> vectors.get(i) == vector).toArray();
    FloatVectorValues values = values(vectors);
    HeapGraph graph = build(values, VectorMetric.EUCLIDEAN, random().nextBoolean() ? 0 : 8);
    for (int k : new int[] {10, duplicates}) {
      int[] found = search(graph, values, VectorMetric.EUCLIDEAN, vector, k);
      Arrays.sort(found);
      assertArrayEquals(Arrays.copyOf(expected, k), found);
    }
  }
}

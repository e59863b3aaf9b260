/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.DocFilter.By;
import org.lucenelmdb.VectorIndex.Form;

/**
 * Compares the recall of searches with that of Lucene's format on the same vectors, and checks that
 * hits are complete and their scores exact.
 */
final class RecallComparison {

  static final int K = 10;

  /**
   * How much lower than Lucene's the recall may be: the project promises 0.01. Three standard
   * errors of the observed difference are added because there are few queries. With 200 queries and
   * a recall of 0.95 they amount to 0.02, and to 0 if everything is found. If the true difference
   * is 0.01, a comparison fails by chance once in 700; if it is 0, never.
   */
  private static final double MARGIN = 0.01;

  private static final double STANDARD_ERRORS = 3;
  private static final double MAX_MARGIN = 0.05;

  private final Random random;
  private final String description;
  private final VectorIndex index;
  private final float[][] targets;

  /** Selects the documents that a search for a target accepts; null for all. */
  @FunctionalInterface
  interface Filter {
    FixedBitSet accepted(float[] scores);
  }

  /** Indexes vectors of one distribution. */
  RecallComparison(
      Random random,
      HardVectors kind,
      int dimension,
      VectorSimilarityFunction similarity,
      Form form,
      LmdbHnswOptions options,
      int count,
      int queries)
      throws IOException {
    this.random = random;
    this.description =
        String.join(
            ", ",
            kind.toString(),
            dimension + " dimensions",
            similarity.toString(),
            form.toString(),
            options.toString(),
            count + " vectors");
    float[][] all = kind.create(random, count + queries, dimension);
    if (similarity == VectorSimilarityFunction.DOT_PRODUCT) {
      for (float[] vector : all) {
        VectorUtil.l2normalize(vector);
      }
    }
    this.targets = Arrays.copyOf(all, queries);
    float[][] vectors = Arrays.copyOfRange(all, queries, all.length);
    this.index =
        new VectorIndex(directory(random), vectors, similarity)
            .withLuceneField()
            .add(form, options);
  }

  private static Directory directory(Random random) throws IOException {
    return random.nextBoolean()
        ? new MMapDirectory(LuceneTestCase.createTempDir())
        : new ByteBuffersDirectory();
  }

  /** Searches for vectors that are not indexed, without a filter. */
  RecallComparison plain() throws IOException {
    return compare("plain", targets, By.FILTER, scores -> null);
  }

  /** Searches for indexed vectors, without a filter. */
  RecallComparison own() throws IOException {
    float[][] own = new float[targets.length][];
    Arrays.setAll(own, i -> index.vectors[random.nextInt(index.vectors.length)]);
    return compare("own", own, By.FILTER, scores -> null);
  }

  /** Searches with a filter that rejects the nearest vectors. */
  RecallComparison without(int nearest, By by) throws IOException {
    return compare(
        "without " + nearest + " by " + by,
        targets,
        by,
        scores -> {
          float[] sorted = scores.clone();
          Arrays.sort(sorted);
          FixedBitSet accepted = new FixedBitSet(scores.length);
          for (int i = 0; i < scores.length; i++) {
            if (scores[i] < sorted[scores.length - nearest]) {
              accepted.set(i);
            }
          }
          return accepted;
        });
  }

  /** Searches with a filter that accepts documents at random. */
  RecallComparison part(double part, By by) throws IOException {
    return compare(
        "part " + part + " by " + by,
        targets,
        by,
        scores -> DocFilter.randomDocs(random, scores.length, part));
  }

  private RecallComparison compare(String scenario, float[][] queries, By by, Filter filter)
      throws IOException {
    double[] ours = new double[queries.length];
    double[] traversed = new double[queries.length];
    boolean traverses = index.reader.leaves().size() == 1; // one graph of all vectors
    double[] lucenes = new double[queries.length];
    for (int i = 0; i < queries.length; i++) {
      float[] target = queries[i];
      float[] scores = index.scores(target);
      FixedBitSet accepted = filter.accepted(scores);
      DocFilter docs = new DocFilter(accepted, by);
      ours[i] = Hits.recall(index.search(VectorIndex.FIELD, target, K, docs), K, scores, accepted);
      if (traverses) {
        traversed[i] =
            Hits.recall(index.traverse(VectorIndex.FIELD, target, K, docs), K, scores, accepted);
      }
      // Lucene's format finds fewer hits if the accepted nodes are not connected
      lucenes[i] =
          Hits.found(index.search(VectorIndex.LUCENE_FIELD, target, K, docs), K, scores, accepted);
    }
    assertNotLess(scenario, ours, lucenes);
    if (traverses) {
      assertNotLess(scenario + ", traversals", traversed, lucenes);
    }
    return this;
  }

  private void assertNotLess(String scenario, double[] ours, double[] lucenes) {
    int count = ours.length;
    double difference = 0;
    double squares = 0;
    for (int i = 0; i < count; i++) {
      double x = ours[i] - lucenes[i];
      difference += x / count;
      squares += x * x / count;
    }
    double error = Math.sqrt(Math.max(0, squares - difference * difference) / count);
    String message =
        String.format(
            Locale.ROOT,
            "%s, %s: recall %.3f, Lucene's %.3f, standard error of the difference %.4f",
            description,
            scenario,
            Arrays.stream(ours).average().orElseThrow(),
            Arrays.stream(lucenes).average().orElseThrow(),
            error);
    double margin = Math.min(MAX_MARGIN, MARGIN + STANDARD_ERRORS * error);
    assertTrue(message, difference >= -margin);
  }

  void close() throws IOException {
    index.close();
  }
}

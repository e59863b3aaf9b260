/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.RecallIndex.By;

/**
 * Compares the recall of searches with that of Lucene's format on the same vectors, and checks that
 * hits are complete and scores exact.
 */
final class RecallComparison {

  static final int K = 10;

  /**
   * By how much recall may be lower than Lucene's: 0.01 is what the project promises. As there are
   * few queries, three standard errors of the difference that they show are added: with 200 queries
   * of a recall of 0.95 these are 0.02; where all is found, nothing. A bound that is kept fails by
   * chance once in 700 comparisons where the difference is 0.01, and never where it is 0.
   */
  private static final double MARGIN = 0.01;

  private static final double STANDARD_ERRORS = 3;
  private static final double MAX_MARGIN = 0.05;

  private final Random random;
  private final String description;
  private final RecallIndex index;
  private final float[][] targets;

  /** Which documents are accepted for a target; null for all. */
  @FunctionalInterface
  interface Filter {
    FixedBitSet accepted(float[] scores);
  }

  /** Indexes vectors of a kind. */
  RecallComparison(
      Random random,
      HardVectors kind,
      int dimension,
      VectorSimilarityFunction similarity,
      RecallIndex.Form form,
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
    this.index = RecallIndex.besideLucenes(directory(random), vectors, similarity, form, options);
  }

  private static Directory directory(Random random) throws IOException {
    return random.nextBoolean()
        ? new MMapDirectory(LuceneTestCase.createTempDir())
        : new ByteBuffersDirectory();
  }

  /** Other vectors of the kind as targets, and all accepted. */
  RecallComparison plain() throws IOException {
    return compare("plain", targets, By.FILTER, scores -> null);
  }

  /** Indexed vectors as targets. */
  RecallComparison own() throws IOException {
    float[][] own = new float[targets.length][];
    Arrays.setAll(own, i -> index.vectors[random.nextInt(index.vectors.length)]);
    return compare("own", own, By.FILTER, scores -> null);
  }

  /** The nearest so many are not accepted. */
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

  /** Accepts documents at random. */
  RecallComparison part(double part, By by) throws IOException {
    return compare(
        "part " + part + " by " + by,
        targets,
        by,
        scores -> {
          FixedBitSet accepted = new FixedBitSet(scores.length);
          for (int i = 0; i < scores.length; i++) {
            if (random.nextDouble() < part) {
              accepted.set(i);
            }
          }
          return accepted;
        });
  }

  private RecallComparison compare(String scenario, float[][] queries, By by, Filter filter)
      throws IOException {
    double[] ours = new double[queries.length];
    double[] traversed = new double[queries.length];
    boolean traverses = index.reader.leaves().size() == 1; // a graph of all is worth it
    double[] lucenes = new double[queries.length];
    for (int i = 0; i < queries.length; i++) {
      float[] target = queries[i];
      float[] scores = index.scores(target);
      FixedBitSet accepted = filter.accepted(scores);
      ours[i] =
          recall(index.search(RecallIndex.OURS, target, K, accepted, by), K, scores, accepted);
      traversed[i] =
          traverses == false
              ? 0
              : recall(
                  index.traverse(RecallIndex.OURS, target, K, accepted, by), K, scores, accepted);
      // Lucene's has fewer hits where what is accepted is not connected
      lucenes[i] =
          found(index.search(RecallIndex.LUCENES, target, K, accepted, by), K, scores, accepted);
    }
    assertNotLess(scenario, ours, lucenes);
    if (traverses) {
      assertNotLess(scenario + ", traversals", traversed, lucenes);
    }
    return this;
  }

  /** The part of the best k that was found; hits are checked. */
  static double recall(ScoreDoc[] hits, int k, float[] scores, FixedBitSet accepted) {
    int count = accepted == null ? scores.length : accepted.cardinality();
    assertEquals("hits", Math.min(k, count), hits.length);
    return found(hits, k, scores, accepted);
  }

  /** The part of the best k that was found. */
  private static double found(ScoreDoc[] hits, int k, float[] scores, FixedBitSet accepted) {
    float[] best = new float[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (accepted == null || accepted.get(i)) {
        best[count++] = scores[i];
      }
    }
    Arrays.sort(best, 0, count);
    int wanted = Math.min(k, count);
    float least = best[count - wanted];
    FixedBitSet seen = new FixedBitSet(scores.length);
    int found = 0;
    for (ScoreDoc hit : hits) {
      assertTrue("twice: " + hit.doc, seen.getAndSet(hit.doc) == false);
      assertTrue("not accepted: " + hit.doc, accepted == null || accepted.get(hit.doc));
      float score = scores[hit.doc];
      assertEquals(score, hit.score, 1e-4f * Math.max(1e-4f, Math.abs(score)));
      found += score >= least ? 1 : 0;
    }
    return (double) found / wanted;
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

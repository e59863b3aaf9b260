/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;
import org.junit.Assert;

/** Checks of hits against the exact scores of all documents. */
final class Hits {

  /**
   * The relative difference between a score and the same score computed in another way. It is 0
   * without the Vector API. With it, Lucene adds in another order if it scores several vectors in
   * mapped memory at once.
   */
  private static final float DELTA =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? 1e-5f : 0;

  private Hits() {}

  /** The exact score of each document of a segment, NaN for a document without a vector. */
  static float[] scores(LeafReader leaf, Object target) throws IOException {
    float[] scores = new float[leaf.maxDoc()];
    Arrays.fill(scores, Float.NaN);
    VectorScorer scorer = null;
    if (leaf.getFieldInfos().fieldInfo(VectorIndex.FIELD) != null) {
      scorer =
          target instanceof byte[] of
              ? leaf.getByteVectorValues(VectorIndex.FIELD).scorer(of)
              : leaf.getFloatVectorValues(VectorIndex.FIELD).scorer((float[]) target);
    }
    if (scorer != null) {
      for (int doc = scorer.iterator().nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = scorer.iterator().nextDoc()) {
        scores[doc] = scorer.score();
      }
    }
    return scores;
  }

  /** The documents that have a vector, are live, and are accepted. */
  static FixedBitSet expected(float[] scores, Bits accepted, Bits live) {
    FixedBitSet expected = new FixedBitSet(scores.length);
    for (int doc = 0; doc < scores.length; doc++) {
      if (Float.isNaN(scores[doc]) == false
          && accepted.get(doc)
          && (live == null || live.get(doc))) {
        expected.set(doc);
      }
    }
    return expected;
  }

  /** Checks that hits are expected, distinct, ordered, and have their exact scores. */
  static void check(ScoreDoc[] hits, float[] scores, FixedBitSet expected) {
    FixedBitSet seen = new FixedBitSet(scores.length);
    float previous = Float.POSITIVE_INFINITY;
    for (ScoreDoc hit : hits) {
      Assert.assertTrue("duplicate hit: " + hit.doc, seen.getAndSet(hit.doc) == false);
      Assert.assertTrue("does not pass the filter: " + hit.doc, expected.get(hit.doc));
      assertScore("score of " + hit.doc, scores[hit.doc], hit.score);
      Assert.assertTrue(hit.score + " after " + previous, hit.score <= previous);
      previous = hit.score;
    }
  }

  /** As {@link #check}, and checks that the hits are the best ones. */
  static void checkBest(ScoreDoc[] hits, float[] scores, FixedBitSet expected) {
    check(hits, scores, expected);
    float[] best = new float[expected.cardinality()];
    int count = 0;
    for (int doc = 0; doc < scores.length; doc++) {
      if (expected.get(doc)) {
        best[count++] = -scores[doc];
      }
    }
    Arrays.sort(best);
    for (int i = 0; i < hits.length; i++) {
      assertScore("score of hit " + i, -best[i], hits[i].score);
    }
  }

  private static void assertScore(String message, float expected, float found) {
    Assert.assertEquals(message, expected, found, DELTA * Math.max(1, Math.abs(expected)));
  }

  /**
   * Recall@k: the share of the best k that was found. Checks the number of hits.
   *
   * @param accepted null for all documents
   */
  static double recall(ScoreDoc[] hits, int k, float[] scores, FixedBitSet accepted) {
    int count = accepted == null ? scores.length : accepted.cardinality();
    Assert.assertEquals("hits", Math.min(k, count), hits.length);
    return found(hits, k, scores, accepted);
  }

  /** As {@link #recall}, but there may be fewer hits than exist. */
  static double found(ScoreDoc[] hits, int k, float[] scores, FixedBitSet accepted) {
    float[] best = new float[scores.length];
    int count = 0;
    for (int i = 0; i < scores.length; i++) {
      if (accepted == null || accepted.get(i)) {
        best[count++] = scores[i];
      }
    }
    Arrays.sort(best, 0, count);
    int expected = Math.min(k, count);
    float least = best[count - expected];
    FixedBitSet seen = new FixedBitSet(scores.length);
    int found = 0;
    for (ScoreDoc hit : hits) {
      Assert.assertTrue("duplicate hit: " + hit.doc, seen.getAndSet(hit.doc) == false);
      Assert.assertTrue("not accepted: " + hit.doc, accepted == null || accepted.get(hit.doc));
      float score = scores[hit.doc];
      Assert.assertEquals(score, hit.score, 1e-4f * Math.max(1e-4f, Math.abs(score)));
      found += score >= least ? 1 : 0;
    }
    return (double) found / expected;
  }
}

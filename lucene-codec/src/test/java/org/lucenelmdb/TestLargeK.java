/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.DocFilter.By;
import org.lucenelmdb.VectorIndex.Form;

/** Searches with a large k, up to all vectors. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLargeK extends LuceneTestCase {

  private static final int COUNT = 3000;

  /**
   * If fewer than this many times k vectors match, all of them are scored exactly: searching codes
   * would take longer.
   */
  private static final int EXACT_FACTOR = 3;

  private static final double MIN_RECALL = 0.95;

  private static final int QUERIES = 8;

  private final List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();

  private VectorIndex index(int dimension, Form form) throws IOException {
    HardVectors kind =
        random().nextBoolean() ? HardVectors.SUBSPACE : HardVectors.BLOBS; // of high recall
    float[][] vectors = kind.create(random(), COUNT, dimension);
    return new VectorIndex(newDirectory(), vectors, VectorSimilarityFunction.EUCLIDEAN)
        .add(form, LmdbHnswOptions.DEFAULT);
  }

  private static FixedBitSet accepted(double part) {
    return DocFilter.randomDocs(random(), COUNT, part);
  }

  private LmdbHnswSearchStrategy listening() {
    return LmdbHnswSearchStrategy.DEFAULT.withListener(
        search -> {
          synchronized (searches) {
            searches.add(search);
          }
        });
  }

  private void assertAnyK(VectorIndex index, FixedBitSet accepted, By by) throws IOException {
    int count = accepted == null ? COUNT : accepted.cardinality();
    for (int k : new int[] {1, 10, 100, count / 10, count / 4, count / 2, count - 1, count}) {
      if (EXACT_FACTOR * k > count) {
        assertEquals(1, recall(index, k, accepted, by), 0);
      } else if (k < 100) {
        recall(index, k, accepted, by);
      } else { // averaged, because one query proves little
        double sum = 0;
        for (int query = 0; query < QUERIES; query++) {
          sum += recall(index, k, accepted, by);
        }
        assertTrue("k " + k + " of " + count + ": " + sum, sum >= MIN_RECALL * QUERIES);
      }
    }
  }

  /** Searches for a random target, checks the effort, and returns recall@k. */
  private double recall(VectorIndex index, int k, FixedBitSet accepted, By by) throws IOException {
    float[] target = index.vectors[random().nextInt(COUNT)].clone();
    target[random().nextInt(target.length)] += 1;
    float[] scores = index.scores(target);
    searches.clear();
    ScoreDoc[] hits =
        index.search(VectorIndex.FIELD, target, k, new DocFilter(accepted, by), listening());
    for (int i = 1; i < hits.length; i++) {
      assertTrue(hits[i].score <= hits[i - 1].score);
    }
    String message = "k " + k + " by " + by + ": " + searches;
    for (LmdbHnswSearchListener.Search search : searches) {
      assertTrue(message, search.reranked() <= search.vectors());
      // each strategy scores a vector or its code at most once
      assertTrue(message, search.visits() <= (1 + search.switches()) * search.vectors());
    }
    assertTrue(
        message,
        searches.size()
            <= 2 * index.reader.leaves().size()); // Lucene searches segments up to twice
    return Hits.recall(hits, k, scores, accepted);
  }

  private static int anyDimension() {
    return random().nextBoolean() ? 32 : 384;
  }

  public void testAnyK() throws IOException {
    for (int dimension : TEST_NIGHTLY ? new int[] {32, 384} : new int[] {anyDimension()}) {
      for (Form form : new Form[] {Form.ONE_SEGMENT, Form.SEGMENTS}) {
        try (VectorIndex index = index(dimension, form)) {
          assertAnyK(index, null, By.FILTER);
          assertAnyK(index, accepted(0.5), By.FILTER);
          assertAnyK(index, accepted(0.05), By.FILTER);
          assertAnyK(index, accepted(0.5), By.LIVE_DOCS);
        }
      }
    }
  }

  /** If k is larger than the number of vectors, all of them are found, best first. */
  public void testKAboveVectorCount() throws IOException {
    try (VectorIndex index = index(64, Form.ONE_SEGMENT)) {
      float[] target = index.vectors[0];
      float[] scores = index.scores(target);
      for (FixedBitSet accepted : new FixedBitSet[] {null, accepted(0.5), accepted(0.01)}) {
        ScoreDoc[] hits =
            index.search(VectorIndex.FIELD, target, 10 * COUNT, new DocFilter(accepted, By.FILTER));
        assertEquals(1, Hits.recall(hits, 10 * COUNT, scores, accepted), 0);
      }
    }
  }

  /** No vector is scored after the timeout. */
  public void testTimeout() throws IOException {
    try (VectorIndex index = index(384, Form.ONE_SEGMENT)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      for (int i = 0; i < 60; i++) {
        FixedBitSet accepted = random().nextBoolean() ? null : accepted(0.5);
        int k = 1 + random().nextInt(random().nextBoolean() ? 100 : COUNT);
        int allowed = random().nextInt(3000);
        int[] asked = new int[1];
        TopKnnCollector top = new TopKnnCollector(k, Integer.MAX_VALUE, listening());
        KnnCollector limited = TimeLimited.of(top, () -> ++asked[0] > allowed);
        AcceptDocs accept =
            accepted == null
                ? AcceptDocs.fromLiveDocs(null, leaf.maxDoc())
                : AcceptDocs.fromIteratorSupplier(
                    () -> new BitSetIterator(accepted, accepted.cardinality()), null, COUNT);
        searches.clear();
        float[] target = index.vectors[random().nextInt(COUNT)];
        leaf.searchNearestVectors(VectorIndex.FIELD, target, limited, accept);
        String message = "k " + k + ", " + allowed + " of " + asked[0] + ": " + searches;
        assertTrue(message, searches.get(0).reranked() <= allowed);
        ScoreDoc[] hits = top.topDocs().scoreDocs;
        float[] scores = index.scores(target);
        for (ScoreDoc hit : hits) {
          assertTrue(accepted == null || accepted.get(hit.doc));
          assertEquals(scores[hit.doc], hit.score, 1e-4f * scores[hit.doc]);
        }
        if (asked[0] > allowed) { // each loop that ends checks the timeout again
          assertTrue(message, asked[0] <= allowed + 8);
          assertEquals(
              TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO, limited.topDocs().totalHits.relation());
        } else {
          assertEquals(message, Math.min(k, searches.get(0).matching()), hits.length);
        }
      }
    }
  }
}

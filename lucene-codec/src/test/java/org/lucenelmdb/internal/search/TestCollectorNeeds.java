/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What collectors still need after they have collected vectors. */
public class TestCollectorNeeds extends LuceneTestCase {

  private int docs;

  private void collect(KnnCollector collector, CollectorNeeds needs, float... scores) {
    for (float score : scores) {
      collector.collect(docs / 2 * 3 + docs % 2, score); // no parent of a block join
      docs++;
    }
    needs.collected(scores.clone(), scores.length, docs);
  }

  public void testTopK() {
    KnnCollector collector = new TopKnnCollector(2, 100);
    CollectorNeeds needs = CollectorNeeds.of(CollectorKind.TOP_K, collector);
    assertTrue(needs.isTopK());
    assertEquals(2, needs.resultCount());
    collect(collector, needs, 0.5f);
    assertEquals(Float.NEGATIVE_INFINITY, needs.minCompetitiveSimilarity(), 0);
    collect(collector, needs, 0.3f, 0.4f);
    assertEquals(0.4f, needs.minCompetitiveSimilarity(), 0);
    assertEquals(0, needs.reach());
  }

  /** The reach is the number of vectors after which a block join has k parents. */
  public void testDiversifying() throws IOException {
    KnnCollector collector = LuceneCollectors.ofBlockJoin(3);
    CollectorNeeds needs = CollectorNeeds.of(CollectorKind.DIVERSIFYING, collector);
    assertFalse(needs.isTopK());
    collect(collector, needs, 0.5f, 0.4f, 0.4f); // documents 0, 1, 3
    assertEquals(0, needs.reach());
    collect(collector, needs, 0.45f, 0.3f, 0.2f); // 4, 6, 7
    assertEquals(6, needs.reach());
    assertEquals(0.3f, needs.minCompetitiveSimilarity(), 0);
    collect(collector, needs, 0.1f);
    assertEquals(6, needs.reach());
  }

  /** The threshold is learned from vectors that miss it, with a timeout and without. */
  public void testSimilarity() throws IOException {
    for (boolean isLimited : new boolean[] {false, true}) {
      docs = 0;
      KnnCollector lucenes = LuceneCollectors.ofThreshold(0.25f);
      int before = lucenes.topDocs().scoreDocs.length; // of the query that created it
      KnnCollector collector = isLimited ? TestCollectorKind.timeLimited(lucenes) : lucenes;
      CollectorNeeds needs = CollectorNeeds.of(CollectorKind.SIMILARITY, collector);
      needs.collected(new float[before], before, before); // these are results
      assertEquals("everything", Float.NEGATIVE_INFINITY, needs.minCompetitiveSimilarity(), 0);
      collect(collector, needs, 0.5f, 0.25f, 0.75f);
      assertEquals("everything", Float.NEGATIVE_INFINITY, needs.minCompetitiveSimilarity(), 0);
      assertEquals(before + 3, needs.reach());
      assertEquals(Math.max(10, before + 3), needs.resultCount());
      collect(collector, needs, 0.125f, 0.3f, 0.2f, 0.0625f);
      assertEquals(0.2f, needs.minCompetitiveSimilarity(), 0);
      assertEquals(before + 4, needs.reach());
      collect(collector, needs, 0.1f, Math.nextDown(0.25f));
      assertEquals(Math.nextDown(0.25f), needs.minCompetitiveSimilarity(), 0);
      collect(collector, needs, 0.01f);
      assertEquals(Math.nextDown(0.25f), needs.minCompetitiveSimilarity(), 0);
      assertEquals(before + 4, needs.reach());
    }
  }

  /** A decorated collector is taken for one of the best k until it keeps something else. */
  public void testDecorated() throws IOException {
    ObservedCollector top = new ObservedCollector(new TopKnnCollector(2, 100), 100);
    CollectorNeeds needs = CollectorNeeds.of(CollectorKind.DECORATED, top);
    collect(top, needs, 0.3f, 0.5f, 0.1f, 0.2f);
    assertTrue(needs.isTopK());
    assertEquals(0, needs.reach());
    assertEquals(0.3f, needs.minCompetitiveSimilarity(), 0);

    docs = 0;
    ObservedCollector join = new ObservedCollector(LuceneCollectors.ofBlockJoin(3), 100);
    needs = CollectorNeeds.of(CollectorKind.DECORATED, join);
    collect(join, needs, 0.9f, 0.5f, 0.4f, 0.4f, 0.3f); // documents 0, 1, 3, 4, 6
    assertFalse(needs.isTopK());
    assertEquals(5, needs.reach());
    assertEquals(Math.nextDown(0.3f), needs.minCompetitiveSimilarity(), 0);
  }

  public void testUnsuitable() {
    KnnCollector collector = new TopKnnCollector(2, 100) {};
    expectThrows(
        IllegalArgumentException.class,
        () -> CollectorNeeds.of(CollectorKind.EVERY_SCORE, collector));
  }
}

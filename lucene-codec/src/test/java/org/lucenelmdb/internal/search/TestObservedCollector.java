/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.SimilarityQueries;

/** Collectors are observed, and their results are those that they have by themselves. */
public class TestObservedCollector extends LuceneTestCase {

  public void testTopK() throws IOException {
    for (int round = 0; round < 100; round++) {
      int k = 1 + random().nextInt(20);
      int size = 1 + random().nextInt(30);
      TopKnnCollector model = new TopKnnCollector(k, 100);
      KnnCollector top = TestCollectorKind.timeLimited(new TopKnnCollector(k, 100));
      ObservedCollector observed = new ObservedCollector(top, size);
      assertTrue(observed.isTopK());
      for (int doc = 0; doc < size; doc++) {
        float score = random().nextInt(10) / 10f; // ties
        assertEquals(model.collect(doc, score), observed.collect(doc, score));
        assertTrue(observed.isTopK());
        assertEquals(model.minCompetitiveSimilarity(), observed.minCompetitiveSimilarity(), 0);
      }
      TopDocs expected = model.topDocs();
      TopDocs found = observed.topDocs();
      assertEquals(expected.scoreDocs.length, found.scoreDocs.length);
      for (int i = 0; i < found.scoreDocs.length; i++) {
        assertEquals(expected.scoreDocs[i].doc, found.scoreDocs[i].doc);
      }
    }
  }

  /** Of two children of a parent, a block join keeps one. */
  public void testBlockJoin() throws IOException {
    KnnCollector join = LuceneCollectors.ofBlockJoin(3);
    ObservedCollector observed = new ObservedCollector(TestCollectorKind.timeLimited(join), 40);
    observed.collect(0, 0.5f);
    observed.collect(3, 0.4f);
    assertTrue("the best so far", observed.isTopK());
    observed.collect(1, 0.6f);
    assertFalse("a parent is missing", observed.isTopK());
    assertEquals(Float.NEGATIVE_INFINITY, observed.minCompetitiveSimilarity(), 0);
    observed.collect(6, 0.3f);
    assertFalse(observed.isTopK());
    assertEquals(Math.nextDown(0.3f), observed.minCompetitiveSimilarity(), 0);
  }

  /** What just reaches a threshold is a result. */
  public void testExplicitSimilarity() throws IOException {
    assumeTrue("Lucene 10.6 or newer", SimilarityQueries.hasExplicit());
    KnnCollector equal = LuceneCollectors.ofThresholds(0.25f, 0.25f);
    ObservedCollector observed = new ObservedCollector(equal, 100);
    observed.collect(0, 0.75f);
    assertEquals(0.25f, equal.minCompetitiveSimilarity(), 0);
    assertFalse(observed.isTopK());
    assertTrue(observed.minCompetitiveSimilarity() < 0.25f);
    int before = observed.topDocs().scoreDocs.length;
    observed.collect(1, 0.25f);
    observed.collect(2, Math.nextDown(0.25f));
    assertEquals(before + 1, observed.topDocs().scoreDocs.length);
    assertTrue(new InclusiveCollector(equal).minCompetitiveSimilarity() < 0.25f);
  }
}

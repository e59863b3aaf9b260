/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;

/** The vectors of a traversal are kept until they are passed on. */
public class TestBufferedCollector extends LuceneTestCase {

  public void testKeepsUntilPassedOn() {
    for (int round = 0; round < 50; round++) {
      int k = 1 + random().nextInt(20);
      TopKnnCollector in = new TopKnnCollector(k, 1000);
      TopKnnCollector model = new TopKnnCollector(k, 1000);
      BufferedCollector buffer = new BufferedCollector(in, in.k(), null);
      int count = random().nextInt(50);
      for (int doc = 0; doc < count; doc++) {
        float score = random().nextInt(10) / 10f;
        assertEquals(model.collect(doc, score), buffer.collect(doc, score));
        assertEquals(model.minCompetitiveSimilarity(), buffer.minCompetitiveSimilarity(), 0f);
        buffer.incVisitedCount(2);
        model.incVisitedCount(2);
      }
      assertEquals(Math.min(k, count), buffer.numCollected());
      assertEquals("not yet", 0, in.numCollected());
      buffer.passTo(in);
      TopDocs expected = model.topDocs();
      TopDocs found = in.topDocs();
      assertEquals(expected.totalHits, found.totalHits);
      assertEquals(expected.scoreDocs.length, found.scoreDocs.length);
      for (int i = 0; i < found.scoreDocs.length; i++) {
        ScoreDoc hit = found.scoreDocs[i];
        assertEquals(expected.scoreDocs[i].score, hit.score, 0f);
        assertEquals(expected.scoreDocs[i].doc, hit.doc);
      }
    }
  }

  /** Visits count at once, because a scan that follows has the same limit. */
  public void testVisitsCountAtOnce() {
    TopKnnCollector in = new TopKnnCollector(3, 10);
    KnnSearchStrategy strategy = new KnnSearchStrategy.Hnsw(7);
    BufferedCollector buffer = new BufferedCollector(in, in.k(), strategy);
    assertSame(strategy, buffer.getSearchStrategy());
    assertEquals(3, buffer.k());
    assertEquals(10, buffer.visitLimit());
    buffer.collect(5, 1);
    buffer.incVisitedCount(9);
    assertFalse(buffer.earlyTerminated());
    assertEquals(9, in.visitedCount());
    buffer.incVisitedCount(1);
    assertTrue(buffer.earlyTerminated());
    assertTrue(in.earlyTerminated());
    assertEquals(0, in.topDocs().scoreDocs.length);
  }
}

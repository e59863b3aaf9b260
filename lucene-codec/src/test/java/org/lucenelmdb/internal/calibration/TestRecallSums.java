/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestRecallSums extends LuceneTestCase {

  private static ScoreDoc[] hits(float... scores) {
    ScoreDoc[] hits = new ScoreDoc[scores.length];
    for (int i = 0; i < hits.length; i++) {
      hits[i] = new ScoreDoc(i, scores[i]);
    }
    return hits;
  }

  public void testNoQueries() {
    RecallSums sums = new RecallSums();
    assertTrue(sums.isEmpty());
    assertEquals(0f, sums.recall(), 0f);
    assertEquals(0f, sums.expandedNodes(10), 0f);
  }

  /** Hits count if they reach the score, up to rounding. */
  public void testRecall() {
    RecallSums sums = new RecallSums();
    for (int i = 0; i < 1000; i++) {
      sums.add(0.5f, 4, hits(0.9f, 0.5f, Math.nextDown(0.5f), 0.4f), 8, 100);
    }
    assertFalse(sums.isEmpty());
    assertEquals(0.75, sums.mean(), 1e-3);
    assertEquals(0, sums.standardError(), 0.02);
    assertEquals(0.75, sums.recall(), 0.02);
    assertEquals(2f, sums.expandedNodes(4), 0f);
    assertFalse(sums.isEnough(1000));
    assertTrue("as many visits as vectors", sums.isEnough(100));
  }

  /** If half of the queries find everything and half nothing, recall is doubtful. */
  public void testStandardError() {
    RecallSums sums = new RecallSums();
    for (int i = 0; i < 100; i++) {
      sums.add(0.5f, 2, i % 2 == 0 ? hits(1, 1) : hits(), 1, 1);
    }
    assertEquals(0.05, sums.standardError(), 1e-3);
    assertTrue(sums.recall() < sums.mean() - 0.04);
  }

  public void testEnough() {
    RecallSums sums = new RecallSums();
    for (int i = 0; i < 1000; i++) {
      sums.add(0.5f, 10, hits(1, 1, 1, 1, 1, 1, 1, 1, 1, 1), 1, 1);
    }
    assertTrue(sums.isEnough(1000));
    assertTrue(sums.recall() > 0.999);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.lucenelmdb.LmdbHnswFilterStrategy.AUTO;
import static org.lucenelmdb.LmdbHnswFilterStrategy.EXHAUSTIVE;
import static org.lucenelmdb.LmdbHnswFilterStrategy.FILTERED;
import static org.lucenelmdb.LmdbHnswFilterStrategy.POST_FILTERED;

import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Tests the settings of a query. */
public class TestLmdbHnswSearchStrategy extends LuceneTestCase {

  public void testSettings() {
    LmdbHnswSearchListener listener = search -> {};
    LmdbHnswSearchStrategy plain = LmdbHnswSearchStrategy.DEFAULT.withOversampling(2);
    LmdbHnswSearchStrategy scan = plain.withFilterStrategy(EXHAUSTIVE);
    LmdbHnswSearchStrategy heard = plain.withListener(listener);
    assertEquals(AUTO, plain.filterStrategy());
    assertEquals(EXHAUSTIVE, scan.filterStrategy());
    assertEquals(2, scan.withListener(listener).oversampling(), 0);
    assertEquals(EXHAUSTIVE, scan.withListener(listener).filterStrategy());
    assertSame(listener, heard.withFilterStrategy(POST_FILTERED).listener());
    assertEquals(
        scan, LmdbHnswSearchStrategy.DEFAULT.withOversampling(2).withFilterStrategy(EXHAUSTIVE));
    assertEquals(
        scan.hashCode(),
        LmdbHnswSearchStrategy.DEFAULT
            .withOversampling(2)
            .withFilterStrategy(EXHAUSTIVE)
            .hashCode());
    assertEquals(heard, LmdbHnswSearchStrategy.DEFAULT.withOversampling(2).withListener(listener));
    assertEquals(plain, heard.withListener(null));
    assertEquals(plain, scan.withFilterStrategy(AUTO));
    for (Object other :
        new Object[] {
          scan, heard, plain.withFilterStrategy(FILTERED), LmdbHnswSearchStrategy.DEFAULT
        }) {
      assertNotEquals(plain, other);
      assertNotEquals(other, plain);
    }
    assertNotEquals(scan, plain.withFilterStrategy(FILTERED));
    assertNotEquals(heard, plain.withListener(search -> {}));
    assertTrue(scan.toString(), scan.toString().contains("filterStrategy=EXHAUSTIVE"));
    assertTrue(scan.toString(), scan.toString().contains("oversampling=2.0"));
    String asIndexed = LmdbHnswSearchStrategy.DEFAULT.toString();
    assertTrue(asIndexed, asIndexed.contains("oversampling=auto"));
    assertTrue(asIndexed, asIndexed.contains("targetRecall=auto"));
    expectThrows(NullPointerException.class, () -> plain.withFilterStrategy(null));
    assertEquals(
        KnnSearchStrategy.Hnsw.DEFAULT.filteredSearchThreshold(), plain.filteredSearchThreshold());
    LmdbHnswSearchStrategy threshold = scan.withListener(listener).withFilteredSearchThreshold(60);
    assertEquals(60, threshold.filteredSearchThreshold());
    assertEquals(2, threshold.oversampling(), 0);
    assertEquals(EXHAUSTIVE, threshold.filterStrategy());
    assertSame(listener, threshold.listener());
    assertNotEquals(plain, plain.withFilteredSearchThreshold(60));
    for (int wrong : new int[] {-1, 101}) {
      expectThrows(IllegalArgumentException.class, () -> plain.withFilteredSearchThreshold(wrong));
    }
  }

  /** A search has one goal. */
  public void testOneGoal() {
    LmdbHnswSearchStrategy plain = LmdbHnswSearchStrategy.DEFAULT;
    assertEquals(LmdbHnswOptions.AUTO, plain.oversampling(), 0);
    assertEquals(LmdbHnswOptions.AUTO, plain.targetRecall(), 0);
    LmdbHnswSearchStrategy recall = plain.withOversampling(3).withTargetRecall(0.9f);
    assertEquals(plain.withTargetRecall(0.9f), recall);
    assertEquals(LmdbHnswOptions.AUTO, recall.oversampling(), 0);
    LmdbHnswSearchStrategy oversampling = recall.withOversampling(3);
    assertEquals(plain.withOversampling(3), oversampling);
    assertEquals(LmdbHnswOptions.AUTO, oversampling.targetRecall(), 0);
    assertEquals(plain, oversampling.withOversampling(LmdbHnswOptions.AUTO));
    assertEquals(plain, recall.withTargetRecall(LmdbHnswOptions.AUTO));
  }
}

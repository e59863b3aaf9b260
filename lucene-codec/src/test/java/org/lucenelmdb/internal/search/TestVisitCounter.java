/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Visits are counted within the limit of the collector. */
public class TestVisitCounter extends LuceneTestCase {

  public void testAbandonedVisitsDoNotCount() {
    TopKnnCollector collector = new TopKnnCollector(1, 100);
    collector.incVisitedCount(30);
    assertTrue(VisitCounter.allows(70, collector));
    assertFalse(VisitCounter.allows(71, collector));
    VisitCounter visits = new VisitCounter();
    for (int search = 0; search < 3; search++) { // its state does not outlive a search
      visits.begin(collector);
      assertEquals(70, visits.left());
      visits.add(50);
      assertFalse(visits.isExhausted());
      visits.restart(collector);
      assertEquals(70, visits.left());
      visits.add(70);
      visits.addAbandoned(5);
      assertTrue(visits.isExhausted());
      assertEquals(70, visits.counted());
      assertEquals(125, visits.total());
    }
  }
}

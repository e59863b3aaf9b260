/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.Figures;

/** Finds the smallest heap. */
public class TestHeapBisection extends LuceneTestCase {

  public void testFindsTheLimit() throws IOException {
    for (int i = 0; i < 50; i++) {
      int limit = 6 + random().nextInt(1000);
      Set<Integer> tried = new HashSet<>();
      Map<String, Double> figures =
          HeapBisection.run(
              (heap, time) -> {
                assertTrue("tries " + heap + " once", tried.add(heap));
                return heap >= limit
                    ? Optional.of(Map.of(Figures.BUILD, 1.0 * heap))
                    : Optional.empty();
              });
      double enough = figures.get(Figures.MIN_HEAP);
      double tooSmall = figures.get(Figures.FAILED_HEAP);
      assertTrue(enough + " for " + limit, enough >= limit);
      assertEquals("of the smallest", enough, figures.get(Figures.BUILD), 0);
      assertTrue(tooSmall + " for " + limit, tooSmall < limit);
      assertTrue(enough <= tooSmall * 1.1 || enough - tooSmall == 1);
      assertTrue(tried.size() + " tries", tried.size() < 12);
    }
  }

  public void testNeverEnough() throws IOException {
    Map<String, Double> figures = HeapBisection.run((heap, time) -> Optional.empty());
    assertNull(figures.get(Figures.MIN_HEAP));
    assertEquals(1024, figures.get(Figures.FAILED_HEAP), 0);
  }
}

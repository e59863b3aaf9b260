/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Which strategy costs more. */
public class TestSearchCosts extends LuceneTestCase {

  private static SearchCosts costs(int size, int bits, int dimension) {
    GraphGeometry graph = new GraphGeometry(0, size, 16, 32, 0, 0, new int[1][], null);
    CodeModel model =
        new CodeModel(
            CodeLayout.of(dimension, bits, VectorMetric.COSINE),
            VectorMetric.COSINE,
            4,
            0.05f,
            20,
            new float[dimension],
            null,
            0,
            new float[0][]);
    return new SearchCosts(graph, model, new CodeCosts(size, dimension * Float.BYTES, true));
  }

  /** Scanning codes pays off for long vectors and few count. */
  public void testScans() {
    SearchCosts costs = costs(100_000, 1, 768);
    assertTrue(costs.codesScan(1000) + costs.rerank(20) < costs.vectorsScan(1000));
    assertTrue(costs.codesScan(1000) + costs.rerank(1000) > costs.vectorsScan(1000));
    assertEquals(costs.codesScan(1000) + costs.rerank(20), costs.scan(1000, 20), 0);
    assertEquals(costs.vectorsScan(1000), costs.scan(1000, 1000), 0);
    SearchCosts small = costs(1000, 8, 16);
    assertTrue(small.codesScan(1000) > small.vectorsScan(1000));
    assertTrue("in random order", costs.rerank(1000) > costs.vectorsScan(1000));
  }

  public void testMoreCostsMore() {
    for (int i = 0; i < 200; i++) {
      int size = 1 + random().nextInt(10_000_000);
      int dimension = 1 + random().nextInt(1000);
      SearchCosts costs = costs(size, 1 << random().nextInt(4), dimension);
      int matching = 1 + random().nextInt(size);
      int count = 1 + random().nextInt(size);
      double selectivity = (double) matching / size;
      assertTrue(costs.codesScan(matching) < costs.codesScan(matching + 1));
      assertTrue(costs.vectorsScan(matching) < costs.vectorsScan(matching + 1));
      assertTrue(costs.rerank(matching) < costs.rerank(matching + 1));
      assertTrue(costs.scan(matching, count) <= costs.scan(matching, count + 1));
      assertTrue(costs.scan(matching, count) <= costs.vectorsScan(matching));
      assertTrue(costs.postFilteredExpansions(count, selectivity) <= size);
      assertTrue(costs.postFilteredExpansions(count, selectivity) >= Math.min(size, count));
      assertTrue(costs.filteredEf(count, selectivity) >= count);
      assertTrue(costs.filteredEf(count, selectivity) <= 8L * count);
      assertTrue(costs.postFiltered(10) < costs.postFiltered(11));
      for (FilterStrategy strategy : FilterStrategy.values()) {
        long visits = costs.visits(strategy, count, selectivity);
        assertTrue("" + visits, visits >= 0 && visits <= size);
      }
      if (dimension > 1) {
        SearchCosts larger = costs(2 * size, 8, dimension);
        assertTrue("caches", larger.vectorsScan(1) >= costs.vectorsScan(1));
      }
    }
  }

  /** Traversals pay off in large segments, unless they find a large part of the vectors. */
  public void testIsScanCheaper() {
    SearchCosts costs = costs(1_000_000, 1, 768);
    assertFalse(costs.isScanCheaper(1_000_000, 20));
    assertTrue(costs.isScanCheaper(1_000_000, 500_000));
    assertTrue(costs(500, 1, 768).isScanCheaper(500, 20));
    boolean isCheaper = false;
    for (int count = 1; count < 1_000_000; count *= 2) { // the more is found, the sooner
      boolean before = isCheaper;
      isCheaper = costs.isScanCheaper(1_000_000, count);
      assertTrue(isCheaper || before == false);
    }
  }
}

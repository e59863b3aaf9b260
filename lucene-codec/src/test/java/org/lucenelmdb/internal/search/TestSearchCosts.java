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

/** Which of two ways costs more. */
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

  /** Codes are worth a scan of long vectors, of short ones or for many candidates they are not. */
  public void testScans() {
    SearchCosts costs = costs(100_000, 1, 768);
    assertTrue(costs.codesScan(1000) + costs.rerank(20) < costs.vectorsScan(1000));
    assertTrue(costs.codesScan(1000) + costs.rerank(1000) > costs.vectorsScan(1000));
    assertEquals(costs.codesScan(1000) + costs.rerank(20), costs.scan(1000, 20), 0);
    assertEquals(costs.vectorsScan(1000), costs.scan(1000, 1000), 0);
    SearchCosts small = costs(1000, 8, 16);
    assertTrue(small.codesScan(1000) > small.vectorsScan(1000));
    assertTrue("in no order", costs.rerank(1000) > costs.vectorsScan(1000));
  }

  public void testMoreCostsMore() {
    for (int i = 0; i < 200; i++) {
      int size = 1 + random().nextInt(10_000_000);
      int dimension = 1 + random().nextInt(1000);
      SearchCosts costs = costs(size, 1 << random().nextInt(4), dimension);
      int accepted = 1 + random().nextInt(size);
      int candidates = 1 + random().nextInt(size);
      double selectivity = (double) accepted / size;
      assertTrue(costs.codesScan(accepted) < costs.codesScan(accepted + 1));
      assertTrue(costs.vectorsScan(accepted) < costs.vectorsScan(accepted + 1));
      assertTrue(costs.rerank(accepted) < costs.rerank(accepted + 1));
      assertTrue(costs.scan(accepted, candidates) <= costs.scan(accepted, candidates + 1));
      assertTrue(costs.scan(accepted, candidates) <= costs.vectorsScan(accepted));
      assertTrue(costs.sweepHops(candidates, selectivity) <= size);
      assertTrue(costs.sweepHops(candidates, selectivity) >= Math.min(size, candidates));
      assertTrue(costs.twoHopCandidates(candidates, selectivity) >= candidates);
      assertTrue(costs.twoHopCandidates(candidates, selectivity) <= 8L * candidates);
      assertTrue(costs.sweep(10) < costs.sweep(11));
      for (FilterStrategy strategy : FilterStrategy.values()) {
        long visits = costs.visits(strategy, candidates, selectivity);
        assertTrue("" + visits, visits >= 0 && visits <= size);
      }
      if (dimension > 1) {
        SearchCosts larger = costs(2 * size, 8, dimension);
        assertTrue("caches", larger.vectorsScan(1) >= costs.vectorsScan(1));
      }
    }
  }
}

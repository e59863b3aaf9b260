/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;

/** Scans with any scores, compared with the sorted scores. */
public class TestExactScan extends LuceneTestCase {

  /** A score of NaN is not collected, and has no effect on others. */
  public void testNaN() throws IOException {
    for (int round = 0; round < 100; round++) {
      float[] scores = new float[1 + random().nextInt(500)];
      double part = random().nextBoolean() ? 0.02 : random().nextDouble();
      FixedBitSet matching = new FixedBitSet(scores.length);
      for (int ord = 0; ord < scores.length; ord++) {
        scores[ord] = random().nextDouble() < part ? Float.NaN : random().nextFloat();
        if (random().nextInt(3) > 0) {
          matching.set(ord);
        }
      }
      ScoreDoc[] expected = new ScoreDoc[scores.length];
      Arrays.setAll(expected, ord -> new ScoreDoc(ord, scores[ord]));
      int k = 1 + random().nextInt(50);
      expected =
          Arrays.stream(expected)
              .filter(hit -> matching.get(hit.doc) && Float.isNaN(hit.score) == false)
              .sorted(
                  Comparator.comparingDouble((ScoreDoc hit) -> -hit.score)
                      .thenComparingInt(hit -> hit.doc))
              .limit(k)
              .toArray(ScoreDoc[]::new);
      TopKnnCollector collector = new TopKnnCollector(k, Integer.MAX_VALUE);
      ExactScan.scan(new CodesGraph.Scorer(scores), Batches.of(matching), collector, true);
      TopDocs found = collector.topDocs();
      assertEquals(matching.cardinality(), found.totalHits.value());
      assertEquals(expected.length, found.scoreDocs.length);
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i].doc, found.scoreDocs[i].doc);
        assertEquals(expected[i].score, found.scoreDocs[i].score, 0f);
      }
    }
  }
}

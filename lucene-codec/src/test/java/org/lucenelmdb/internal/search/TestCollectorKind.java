/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.search.HnswQueueSaturationCollector;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TimeLimitingKnnCollectorManager;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.SimilarityQueries;

/** Lucene's collectors are recognized, also those that are not public, and behind a timeout. */
public class TestCollectorKind extends LuceneTestCase {

  static KnnCollector timeLimited(KnnCollector collector) throws IOException {
    return new TimeLimitingKnnCollectorManager((limit, how, context) -> collector, () -> false)
        .newCollector(10, null, null);
  }

  private static void assertKind(CollectorKind expected, KnnCollector collector) {
    assertEquals(expected, CollectorKind.of(collector));
  }

  public void testTopK() throws IOException {
    KnnCollector top = new TopKnnCollector(1 + random().nextInt(5), 100);
    assertKind(CollectorKind.TOP_K, top);
    KnnCollector limited = timeLimited(top);
    assertNotSame(top, limited);
    assertKind(CollectorKind.DECORATED, limited);
    assertKind(CollectorKind.DECORATED, timeLimited(limited));
    assertKind(CollectorKind.DECORATED, new KnnCollector.Decorator(top) {});
    // a subclass may keep anything
    assertKind(CollectorKind.EVERY_SCORE, new TopKnnCollector(5, 100) {});
  }

  public void testPatience() throws IOException {
    KnnSearchStrategy hnsw = KnnSearchStrategy.Hnsw.DEFAULT;
    FixedBitSet seed = new FixedBitSet(1);
    KnnSearchStrategy seeded = new KnnSearchStrategy.Seeded(new BitSetIterator(seed, 0), 0, hnsw);
    for (KnnSearchStrategy strategy : new KnnSearchStrategy[] {hnsw, seeded}) {
      KnnCollector top = new TopKnnCollector(5, 100, strategy);
      KnnCollector patient = new HnswQueueSaturationCollector(top, 0.9, 5);
      assertKind(CollectorKind.PATIENT, patient);
      assertKind(CollectorKind.PATIENT, timeLimited(patient));
      assertKind(CollectorKind.PATIENT, timeLimited(timeLimited(patient)));
    }
    KnnCollector patient =
        new UnlimitedPatience(
            new HnswQueueSaturationCollector(new TopKnnCollector(5, 100, seeded), 0.9, 5));
    KnnSearchStrategy.Seeded kept = (KnnSearchStrategy.Seeded) patient.getSearchStrategy();
    assertEquals("seeds", 0, kept.numberOfEntryPoints());
    assertEquals("no patience", hnsw, kept.originalStrategy());
    KnnCollector join = LuceneCollectors.ofBlockJoin(5);
    assertKind(CollectorKind.PATIENT, new HnswQueueSaturationCollector(join, 0.9, 5));
    // without a strategy, the patience of a collector never ends
    KnnCollector top = new TopKnnCollector(5, 100);
    KnnCollector endless = new HnswQueueSaturationCollector(top, 0.9, 5);
    assertKind(CollectorKind.PATIENT, endless);
    assertKind(CollectorKind.DECORATED, timeLimited(endless));
  }

  public void testBlockJoin() throws IOException {
    KnnCollector join = LuceneCollectors.ofBlockJoin(5);
    assertKind(CollectorKind.DIVERSIFYING, join);
    assertKind(CollectorKind.DECORATED, timeLimited(join));
  }

  public void testSimilarity() throws IOException {
    float threshold = random().nextBoolean() ? 0.25f : Float.NEGATIVE_INFINITY;
    KnnCollector collector = LuceneCollectors.ofThreshold(threshold);
    assertKind(CollectorKind.SIMILARITY, collector);
    assertKind(CollectorKind.SIMILARITY, timeLimited(collector));
    assertKind(CollectorKind.SIMILARITY, timeLimited(timeLimited(collector)));
    assertFalse(CollectorKind.isExplicit(collector));
  }

  public void testExplicitSimilarity() throws IOException {
    assumeTrue("Lucene 10.6 or newer", SimilarityQueries.hasExplicit());
    KnnCollector collector = LuceneCollectors.ofThresholds(0.125f, 0.25f);
    assertKind(CollectorKind.SIMILARITY, collector);
    assertTrue(CollectorKind.isExplicit(collector));
    assertKind(CollectorKind.DECORATED, timeLimited(collector));
  }

  /** A fixed number of candidates serves collectors of the best k vectors only. */
  public void testServedByCodes() {
    for (CollectorKind kind : CollectorKind.values()) {
      assertEquals(kind != CollectorKind.EVERY_SCORE, kind.isServedByCodes(true));
      assertEquals(kind.isTopK() || kind == CollectorKind.PATIENT, kind.isServedByCodes(false));
    }
    assertFalse(CollectorKind.PATIENT.isTopK());
    assertTrue(CollectorKind.TOP_K.isTopK());
    assertFalse(CollectorKind.DIVERSIFYING.isTopK());
  }
}

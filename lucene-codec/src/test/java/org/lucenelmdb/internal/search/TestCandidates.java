/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.HnswQueueSaturationCollector;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TimeLimitingKnnCollectorManager;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnCollectorManager;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.lucenelmdb.SimilarityQueries;

/**
 * What a walk keeps in mind, against models that are plainly right; who may have a walk on codes.
 */
public class TestCandidates extends LuceneTestCase {

  public void testVisitedNodes() {
    for (int round = 0; round < 20; round++) {
      int size = TestUtil.nextInt(random(), 1, 3000);
      VisitedNodes visited = new VisitedNodes(size);
      assertTrue(visited.ramBytesUsed() >= size / 8);
      for (int walk = 0; walk < 3; walk++) {
        visited.clear();
        Set<Integer> seen = new HashSet<>();
        for (int step = 0; step < 50; step++) {
          int[] nodes = new int[random().nextInt(70)];
          int count = random().nextInt(nodes.length + 1);
          TreeSet<Integer> expected = new TreeSet<>();
          for (int i = 0; i < nodes.length; i++) {
            nodes[i] = random().nextInt(size);
            if (i < count && seen.add(nodes[i])) {
              expected.add(nodes[i]);
            }
          }
          int[] before = nodes.clone();
          int retained = visited.retainNew(nodes, count);
          TreeSet<Integer> found = new TreeSet<>();
          for (int i = 0; i < retained; i++) {
            assertTrue(found.add(nodes[i]));
          }
          assertEquals(expected, found);
          for (int i = count; i < nodes.length; i++) {
            assertEquals("not asked for", before[i], nodes[i]);
          }
        }
      }
    }
  }

  private static KnnCollector timeLimiting(KnnCollector collector) throws IOException {
    KnnCollectorManager manager =
        new KnnCollectorManager() {
          @Override
          public KnnCollector newCollector(
              int visitedLimit, KnnSearchStrategy strategy, LeafReaderContext context) {
            return collector;
          }
        };
    return new TimeLimitingKnnCollectorManager(manager, () -> false).newCollector(10, null, null);
  }

  public void testKeepsBestOnly() throws IOException {
    KnnCollector top = new TopKnnCollector(5, 100);
    assertTrue(Collectors.keepsBestOnly(top));
    KnnCollector limited = timeLimiting(top);
    assertNotSame(top, limited);
    assertTrue(Collectors.keepsBestOnly(limited));
    assertTrue(Collectors.keepsBestOnly(timeLimiting(limited)));

    // others may decide by what they have seen
    assertFalse(Collectors.keepsBestOnly(new TopKnnCollector(5, 100) {}));
    KnnCollector patient = new HnswQueueSaturationCollector(top, 0.9, 5);
    assertFalse(Collectors.keepsBestOnly(patient));
    assertFalse(Collectors.keepsBestOnly(timeLimiting(patient)));
    KnnCollector decorated = new KnnCollector.Decorator(top) {};
    assertFalse(Collectors.keepsBestOnly(decorated));
    assertFalse(Collectors.keepsBestOnly(timeLimiting(decorated)));
    assertFalse(Collectors.keepsBestOnly(new KnnCollector.Decorator(limited) {}));
  }

  private static void assertThreshold(float threshold, KnnCollector collector) throws IOException {
    for (KnnCollector same : List.of(collector, timeLimiting(collector))) {
      assertEquals(threshold, Collectors.threshold(same), 0);
      assertFalse(Collectors.keepsBestOfParents(same));
      assertFalse(Collectors.keepsBestOnly(same));
      assertEquals(threshold, Collectors.threshold(Collectors.withThreshold(same)), 0);
    }
    // one that is not known may do what it likes with scores
    assertTrue(Float.isNaN(Collectors.threshold(new KnnCollector.Decorator(collector) {})));
  }

  /**
   * Lucene's collectors for thresholds and block joins are recognized, whatever watches the time.
   */
  public void testOtherCollectors() throws IOException {
    assertThreshold(0.25f, LuceneCollectors.ofThreshold(0.25f));
    KnnCollector join = LuceneCollectors.ofBlockJoin();
    for (KnnCollector collector : List.of(join, timeLimiting(join))) {
      assertTrue(Collectors.keepsBestOfParents(collector));
      assertTrue(Float.isNaN(Collectors.threshold(collector)));
      assertSame(collector, Collectors.withThreshold(collector));
      assertFalse(Collectors.keepsBestOnly(collector));
    }
    KnnCollector top = new TopKnnCollector(5, 100);
    assertTrue(Float.isNaN(Collectors.threshold(top)));
    assertSame(top, Collectors.withThreshold(top));
    assertFalse(Collectors.keepsBestOfParents(top));
    KnnCollector patient = new HnswQueueSaturationCollector(join, 0.9, 5);
    assertFalse(Collectors.keepsBestOfParents(patient));
  }

  /** Of two thresholds, the one for results is taken, and what just reaches it is a result. */
  public void testTwoThresholds() throws IOException {
    assumeTrue("Lucene 10.6 or newer", SimilarityQueries.hasExplicit());
    assertThreshold(0.25f, LuceneCollectors.ofThresholds(0.125f, 0.25f));
    KnnCollector equal = LuceneCollectors.ofThresholds(0.25f, 0.25f);
    KnnCollector collector = Collectors.withThreshold(equal);
    collector.collect(0, 0.75f);
    assertEquals(0.25f, equal.minCompetitiveSimilarity(), 0);
    assertTrue(collector.minCompetitiveSimilarity() < 0.25f);
    int before = collector.topDocs().scoreDocs.length;
    collector.collect(1, 0.25f);
    collector.collect(2, Math.nextDown(0.25f));
    assertEquals(before + 1, collector.topDocs().scoreDocs.length);
  }

  /** Without a class or a field of this name, or this type, there is nothing to be read. */
  public void testFieldsThatLuceneLacks() {
    String name = TopKnnCollector.class.getName();
    assertNotNull(Collectors.getter(name, "queue", NeighborQueue.class));
    assertNull(Collectors.getter(name + "s", "queue", NeighborQueue.class));
    assertNull(Collectors.getter(name, "queues", NeighborQueue.class));
    assertNull(Collectors.getter(name, "queue", float.class));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;

/** Visit limits, timeouts, filters and deletes in fields with codes. */
public class TestQuantizedLimits extends QuantizedSearchTestCase {

  public void testVisitLimit() throws IOException {
    float[][] vectors = vectors(2000);
    try (VectorIndex index = index(vectors, randomBits(), 3, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      // a traversal checks the limit once per expansion, as Lucene's searcher does
      int excess = 2 * LmdbHnswOptions.DEFAULT.maxConn();
      FixedBitSet even = new FixedBitSet(leaf.maxDoc());
      for (int doc = 0; doc < leaf.maxDoc(); doc += 2) {
        even.set(doc);
      }
      for (int i = 0; i < 60; i++) {
        int limit = 1 + random().nextInt(i < 30 ? 20 : 300);
        Bits accepted = random().nextBoolean() ? even : null;
        float[] target = target();
        TopKnnCollector collector = new TopKnnCollector(10, limit);
        leaf.searchNearestVectors(
            VectorIndex.FIELD, target, collector, accept(accepted, leaf.maxDoc()));
        long visited = collector.visitedCount();
        boolean stopped = collector.earlyTerminated();
        TopDocs hits = collector.topDocs();
        assertTrue(visited + " of " + limit, visited <= limit + excess);
        assertEquals(visited, hits.totalHits.value());
        assertEquals(visited >= limit, stopped);
        assertEquals(
            stopped ? TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO : TotalHits.Relation.EQUAL_TO,
            hits.totalHits.relation());
        checkHits(hits, vectors, target, accepted);

        // the highest limit below which the search is not exhaustive
        TopKnnCollector more = new TopKnnCollector(10, leaf.maxDoc() / 2 - 1);
        leaf.searchNearestVectors(VectorIndex.FIELD, target, more, accept(accepted, leaf.maxDoc()));
        assertTrue(more.visitedCount() >= visited);
        TopDocs all = more.topDocs();
        assertEquals(10, all.scoreDocs.length);
        checkHits(all, vectors, target, accepted);
        if (stopped == false) {
          assertEquals(visited, more.visitedCount());
          assertSame(all, hits);
        }

        TopKnnCollector free = new TopKnnCollector(10, Integer.MAX_VALUE);
        leaf.searchNearestVectors(VectorIndex.FIELD, target, free, accept(accepted, leaf.maxDoc()));
        all = free.topDocs();
        assertEquals(10, all.scoreDocs.length);
        assertEquals(TotalHits.Relation.EQUAL_TO, all.totalHits.relation());
        checkHits(all, vectors, target, accepted);
      }
    }
  }

  /** A filter without a visit limit: the traversal collects matching nodes only. */
  public void testFilterOnCodes() throws IOException {
    float[][] vectors = vectors(2000);
    int bits = randomBits();
    try (VectorIndex index = index(vectors, bits, 6, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      double recall = 0;
      for (int i = 0; i < 20; i++) {
        FixedBitSet accepted = new FixedBitSet(leaf.maxDoc());
        for (int doc = 0; doc < leaf.maxDoc(); doc++) {
          if (random().nextInt(3) > 0) {
            accepted.set(doc);
          }
        }
        float[] target = target();
        TopKnnCollector collector = new TopKnnCollector(10, Integer.MAX_VALUE);
        leaf.searchNearestVectors(
            VectorIndex.FIELD, target, collector, accept(accepted, leaf.maxDoc()));
        TopDocs hits = collector.topDocs();
        assertEquals(10, hits.scoreDocs.length);
        checkHits(hits, vectors, target, accepted);
        Set<Integer> found = new HashSet<>();
        for (ScoreDoc hit : hits.scoreDocs) {
          found.add(hit.doc);
        }
        for (int near : Vectors.nearest(vectors, target, 10, similarity, accepted::get)) {
          recall += found.contains(near) ? 1 : 0;
        }
      }
      recall /= 200;
      assertTrue(similarity + ", " + bits + " bits: " + recall, recall >= 0.55);
    }
  }

  /**
   * The visit limit of a filtered query is the number of matching documents; beyond it, the query
   * scores all.
   */
  public void testLimitOfFilter() throws IOException {
    float[][] vectors = vectors(2000);
    try (VectorIndex index = index(vectors, randomBits(), 50, 1)) {
      for (int i = 0; i < 10; i++) {
        float[] target = target();
        int from = random().nextInt(1500);
        Query range = IntPoint.newRangeQuery("id", from, from + 30);
        Query query = new KnnFloatVectorQuery(VectorIndex.FIELD, target, 10, range);
        double recall = index.recall(query, target, 10, id -> id >= from && id <= from + 30);
        assertEquals(1, recall, 0);
      }
    }
  }

  public void testTimeouts() throws IOException {
    float[][] vectors = vectors(2500);
    try (VectorIndex index = index(vectors, randomBits(), 3, 1 + random().nextInt(3))) {
      for (int i = 0; i < 10; i++) {
        float[] target = target();
        Query query = new KnnFloatVectorQuery(VectorIndex.FIELD, target, 30);
        TopDocs all = index.searcher().search(query, 30);
        assertEquals(30, all.scoreDocs.length);

        IndexSearcher patient = index.searcher();
        patient.setTimeout(() -> false);
        assertSame(all, patient.search(query, 30));

        IndexSearcher impatient = index.searcher();
        impatient.setTimeout(() -> true);
        assertEquals(0, impatient.search(query, 30).scoreDocs.length);

        // a timeout during the search: the hits so far have exact scores
        TopKnnCollector collector = new TopKnnCollector(30, Integer.MAX_VALUE);
        int[] asked = new int[1];
        int allowed = 2 + random().nextInt(30);
        LeafReader leaf = index.reader.leaves().get(0).reader();
        leaf.searchNearestVectors(
            VectorIndex.FIELD,
            target,
            TimeLimited.of(collector, () -> ++asked[0] > allowed),
            accept(null, leaf.maxDoc()));
        TopDocs partial = collector.topDocs();
        checkHits(partial, vectors, target, null);
        assertTrue(asked[0] + " of " + allowed, asked[0] >= Math.min(allowed, 3));
      }
    }
  }

  /** All documents are deleted, or all but one. */
  public void testDeletes() throws IOException {
    float[][] vectors = vectors(1200);
    try (VectorIndex index = index(vectors, randomBits(), 3, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      FixedBitSet live = new FixedBitSet(leaf.maxDoc());
      TopKnnCollector collector = new TopKnnCollector(10, Integer.MAX_VALUE);
      leaf.searchNearestVectors(
          VectorIndex.FIELD, target(), collector, accept(live, leaf.maxDoc()));
      assertEquals(0, collector.topDocs().scoreDocs.length);

      int left = random().nextInt(leaf.maxDoc());
      live.set(left);
      // AcceptDocs overestimates the number of live documents as all documents
      collector = new TopKnnCollector(10, Integer.MAX_VALUE);
      leaf.searchNearestVectors(
          VectorIndex.FIELD, vectors[left], collector, accept(live, leaf.maxDoc()));
      ScoreDoc[] hits = collector.topDocs().scoreDocs;
      assertEquals(Arrays.toString(hits), 1, hits.length);
      assertEquals(left, hits[0].doc);
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.PatienceKnnVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SeededKnnVectorQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;

/** Lucene's other vector queries in fields with codes. */
public class TestQuantizedQueries extends QuantizedSearchTestCase {

  /** Seeds from a query: near ones, far ones, or none. */
  public void testSeeds() throws IOException {
    float[][] vectors = vectors(1500);
    try (VectorIndex index = index(vectors, randomBits(), 6, 1 + random().nextInt(3))) {
      double near = 0;
      double far = 0;
      for (int i = 0; i < 20; i++) {
        float[] target = target();
        KnnFloatVectorQuery query = new KnnFloatVectorQuery(VectorIndex.FIELD, target, 20);
        int[] nearest = Vectors.nearest(vectors, target, 3, similarity, id -> true);
        Query seeds = IntPoint.newSetQuery("id", nearest);
        near +=
            index.recall(SeededKnnVectorQuery.fromFloatQuery(query, seeds), target, 10, id -> true);
        int from = random().nextInt(vectors.length);
        Query others = IntPoint.newRangeQuery("id", from, from + random().nextInt(200));
        far +=
            index.recall(
                SeededKnnVectorQuery.fromFloatQuery(query, others), target, 10, id -> true);
      }
      assertTrue(similarity + ": " + near, near / 20 >= 0.6);
      assertTrue(similarity + ": " + far, far / 20 >= 0.5);
    }
  }

  /** A traversal whose visit limit is the number of seeds finds exactly these. */
  public void testTraversalBeginsAtSeeds() throws IOException {
    float[][] vectors = vectors(1500);
    try (VectorIndex index = index(vectors, randomBits(), 2, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      for (int i = 0; i < 20; i++) {
        FixedBitSet seeds = new FixedBitSet(leaf.maxDoc());
        int count = 1 + random().nextInt(100); // more than a batch
        while (seeds.cardinality() < count) {
          seeds.set(random().nextInt(leaf.maxDoc()));
        }
        KnnSearchStrategy.Seeded how =
            new KnnSearchStrategy.Seeded(
                new BitSetIterator(seeds, count), count, KnnSearchStrategy.Hnsw.DEFAULT);
        float[] target = target();
        TopKnnCollector collector = new TopKnnCollector(100, count, how);
        leaf.searchNearestVectors(
            VectorIndex.FIELD, target, collector, accept(null, leaf.maxDoc()));
        assertEquals(count, collector.visitedCount());
        TopDocs hits = collector.topDocs();
        assertEquals(count, hits.scoreDocs.length);
        checkHits(hits, vectors, target, seeds);
      }
    }
  }

  /** A collector with patience would end a search, as it sees no results until the end. */
  public void testPatience() throws IOException {
    float[][] vectors = vectors(1500);
    try (VectorIndex index = index(vectors, randomBits(), 2, 1)) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      for (int i = 0; i < 20; i++) {
        float[] target = target();
        int limit = vectors.length - 1; // too few visits for a scan
        TopKnnCollector top = new TopKnnCollector(15, limit, KnnSearchStrategy.Hnsw.DEFAULT);
        leaf.searchNearestVectors(VectorIndex.FIELD, target, top, accept(null, leaf.maxDoc()));
        KnnSearchStrategy patience =
            new KnnSearchStrategy.Patience(null, 0) {
              @Override
              public void nextVectorsBlock() {
                throw new AssertionError("an expansion that found nothing");
              }
            };
        TopKnnCollector decorated = new TopKnnCollector(15, limit, patience);
        leaf.searchNearestVectors(
            VectorIndex.FIELD,
            target,
            new KnnCollector.Decorator(decorated) {},
            accept(null, leaf.maxDoc()));
        assertEquals("by codes", top.visitedCount(), decorated.visitedCount());
        assertSame(top.topDocs(), decorated.topDocs());
        KnnFloatVectorQuery query = new KnnFloatVectorQuery(VectorIndex.FIELD, target, 15);
        assertSame(
            index.searcher().search(query, 15),
            index.searcher().search(PatienceKnnVectorQuery.fromFloatQuery(query), 15));
      }
    }
  }

  /**
   * Block joins and thresholds nearly reach the exact result. They use codes unless the number of
   * candidates is fixed.
   */
  public void testBlockJoinAndThreshold() throws IOException {
    int k = 10;
    List<List<Document>> blocks = new ArrayList<>();
    List<float[]> children = new ArrayList<>(); // null for a parent: by document
    for (int parent = 0; parent < 1200; parent++) {
      List<Document> block = new ArrayList<>();
      for (float[] child : vectors(1 + random().nextInt(6))) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(VectorIndex.FIELD, child, similarity));
        block.add(document);
        children.add(child);
      }
      Document document = new Document();
      document.add(new StringField("type", "parent", Field.Store.NO));
      block.add(document);
      children.add(null);
      blocks.add(block);
    }
    BitSetProducer isParent = new QueryBitSetProducer(new TermQuery(new Term("type", "parent")));
    boolean isFixed = random().nextBoolean();
    LmdbHnswOptions options =
        isFixed ? VectorIndex.options(randomBits(), 2) : LmdbHnswOptions.DEFAULT.withCodeBits(4);
    List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();
    LmdbHnswSearchStrategy how = LmdbHnswSearchStrategy.DEFAULT.withListener(searches::add);
    double joined = 0;
    double above = 0;
    int queries = 40;
    try (Directory directory = directory()) {
      add(directory, blocks, options);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        getOnlyLeafReader(reader);
        IndexSearcher searcher = new IndexSearcher(reader);
        for (int i = 0; i < queries; i++) {
          float[] target = target();
          List<Float> all = new ArrayList<>();
          List<Float> best = new ArrayList<>(); // score of each parent
          float bestChild = Float.NEGATIVE_INFINITY;
          for (float[] child : children) {
            if (child == null) {
              best.add(bestChild);
              bestChild = Float.NEGATIVE_INFINITY;
            } else {
              float score = similarity.compare(target, child);
              all.add(score);
              bestChild = Math.max(bestChild, score);
            }
          }
          all.sort(Comparator.reverseOrder());
          best.sort(Comparator.reverseOrder());
          Query join =
              new DiversifyingChildrenFloatKnnVectorQuery(
                  VectorIndex.FIELD, target, null, k, isParent, how);
          for (ScoreDoc hit : searcher.search(join, k).scoreDocs) {
            joined += hit.score >= best.get(k - 1) - 1e-5f ? 1.0 / k / queries : 0;
          }
          int wanted = 30;
          float threshold = all.get(wanted - 1) - 1e-5f;
          Query query = SimilarityQueries.floats(VectorIndex.FIELD, target, threshold, null, how);
          TopDocs hits = searcher.search(query, 1000);
          for (ScoreDoc hit : hits.scoreDocs) {
            assertTrue(hit.score >= threshold);
          }
          above += Math.min(1, (double) hits.scoreDocs.length / wanted) / queries;
        }
      }
    }
    double least = isFixed ? 0.7 : 0.9;
    assertTrue("join: " + joined, joined > least);
    assertTrue("threshold: " + above, above > least);
    assertEquals(2 * queries, searches.size());
    for (LmdbHnswSearchListener.Search search : searches) {
      assertEquals("" + search, isFixed == false, search.quantized());
    }
  }

  private static void add(Directory directory, List<List<Document>> blocks, LmdbHnswOptions options)
      throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, VectorIndex.config(options))) {
      for (List<Document> block : blocks) {
        writer.addDocuments(block);
      }
    }
  }
}

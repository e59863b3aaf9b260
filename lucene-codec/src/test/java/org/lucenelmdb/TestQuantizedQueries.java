/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.PatienceKnnVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SeededKnnVectorQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;

/** Lucene's other vector queries, and limits, in fields with codes. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestQuantizedQueries extends LuceneTestCase {

  private static final int[] BITS = {1, 2, 4, 8};

  private VectorSimilarityFunction similarity;
  private int dimension;
  private boolean mapped;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    VectorSimilarityFunction[] all = VectorSimilarityFunction.values();
    similarity = all[random().nextInt(all.length)];
    mapped = random().nextBoolean();
    dimension = 8 + random().nextInt(40);
  }

  private static int randomBits() {
    return BITS[random().nextInt(BITS.length)];
  }

  private VectorIndex index(float[][] vectors, int bits, float oversampling, int segments)
      throws IOException {
    return new VectorIndex(directory(), vectors, similarity)
        .add(VectorIndex.config(VectorIndex.options(bits, oversampling)), segments);
  }

  /**
   * The same kind in all of a test, because Lucene's kernels for mapped memory add in another
   * order.
   */
  private Directory directory() throws IOException {
    return mapped ? new MMapDirectory(createTempDir()) : new ByteBuffersDirectory();
  }

  private float[][] vectors(int count) {
    return Vectors.clustered(random(), similarity, count, dimension);
  }

  private float[] target() {
    return vectors(1)[0];
  }

  private static void assertSame(TopDocs expected, TopDocs found) {
    assertEquals(expected.totalHits, found.totalHits);
    assertEquals(expected.scoreDocs.length, found.scoreDocs.length);
    for (int i = 0; i < expected.scoreDocs.length; i++) {
      assertEquals(expected.scoreDocs[i].doc, found.scoreDocs[i].doc);
      // kernels may add in another order, depending on the number of vectors and on compilation
      float score = expected.scoreDocs[i].score;
      assertEquals(score, found.scoreDocs[i].score, 2 * Math.ulp(score));
    }
  }

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

  public void testPatience() throws IOException {
    float[][] vectors = vectors(1500);
    try (VectorIndex codes = index(vectors, randomBits(), 2, 1);
        VectorIndex exact = codes.withoutCodes(directory())) {
      for (int i = 0; i < 20; i++) {
        float[] target = target();
        Query query =
            PatienceKnnVectorQuery.fromFloatQuery(
                new KnnFloatVectorQuery(VectorIndex.FIELD, target, 15));
        assertSame(exact.searcher().search(query, 15), codes.searcher().search(query, 15));
      }
    }
  }

  public void testSimilarityThreshold() throws IOException {
    float[][] vectors = vectors(1200);
    try (VectorIndex codes = index(vectors, randomBits(), 2, 1);
        VectorIndex exact = codes.withoutCodes(directory())) {
      for (int i = 0; i < 20; i++) {
        float[] target = target();
        int[] nearest = Vectors.nearest(vectors, target, 30, similarity, id -> true);
        float threshold = similarity.compare(target, vectors[nearest[29]]);
        Query query = SimilarityQueries.floats(VectorIndex.FIELD, target, threshold);
        TopDocs hits = codes.searcher().search(query, vectors.length);
        assertSame(exact.searcher().search(query, vectors.length), hits);
        for (ScoreDoc hit : hits.scoreDocs) {
          assertTrue(hit.score >= threshold);
        }
      }
    }
  }

  public void testBlockJoin() throws IOException {
    List<List<Document>> blocks = new ArrayList<>();
    for (int parent = 0; parent < 400; parent++) {
      List<Document> block = new ArrayList<>();
      for (float[] child : vectors(1 + random().nextInt(5))) {
        Document document = new Document();
        document.add(new KnnFloatVectorField(VectorIndex.FIELD, child, similarity));
        block.add(document);
      }
      Document document = new Document();
      document.add(new StringField("type", "parent", Field.Store.NO));
      block.add(document);
      blocks.add(block);
    }
    BitSetProducer isParent = new QueryBitSetProducer(new TermQuery(new Term("type", "parent")));
    try (Directory withCodes = directory();
        Directory without = directory()) {
      add(withCodes, blocks, VectorIndex.options(randomBits(), 2));
      try (DirectoryReader codes = DirectoryReader.open(withCodes)) {
        getOnlyLeafReader(codes);
        VectorIndex.copyWithoutCodes(codes, without);
      }
      try (DirectoryReader codes = DirectoryReader.open(withCodes);
          DirectoryReader exact = DirectoryReader.open(without)) {
        for (int i = 0; i < 20; i++) {
          Query query =
              new DiversifyingChildrenFloatKnnVectorQuery(
                  VectorIndex.FIELD, target(), null, 15, isParent);
          TopDocs hits = new IndexSearcher(codes).search(query, 15);
          assertEquals(15, hits.scoreDocs.length);
          assertSame(new IndexSearcher(exact).search(query, 15), hits);
        }
      }
    }
  }

  /** Block joins and thresholds use codes, and nearly reach the exact result. */
  public void testBlockJoinAndThresholdOnCodes() throws IOException {
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
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withCodeBits(4);
    List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();
    LmdbHnswSearchStrategy how = new LmdbHnswSearchStrategy().withListener(searches::add);
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
    assertTrue("join: " + joined, joined > 0.9);
    assertTrue("threshold: " + above, above > 0.9);
    assertEquals(2 * queries, searches.size());
    for (LmdbHnswSearchListener.Search search : searches) {
      assertTrue("" + search, search.onCodes());
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

  private static AcceptDocs accept(Bits bits, int maxDoc) {
    return AcceptDocs.fromLiveDocs(bits, maxDoc);
  }

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

  private void checkHits(TopDocs hits, float[][] vectors, float[] target, Bits accepted) {
    Set<Integer> docs = new HashSet<>();
    for (ScoreDoc hit : hits.scoreDocs) {
      assertTrue(docs.add(hit.doc));
      assertTrue(accepted == null || accepted.get(hit.doc));
      float expected = similarity.compare(target, vectors[hit.doc]);
      assertEquals(expected, hit.score, 1e-5f * Math.max(1, expected));
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

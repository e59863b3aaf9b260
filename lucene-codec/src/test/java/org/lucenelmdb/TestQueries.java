/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NoMergePolicy;
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
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.BitSetIterator;
import org.apache.lucene.util.FixedBitSet;

/** Every kind of vector query of Lucene, compared with the nearest vectors. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestQueries extends LuceneTestCase {

  private static final String FIELD = "vector";

  private Directory directory;
  private DirectoryReader reader;
  private IndexSearcher searcher;
  private float[][] vectors; // null where the document has none
  private VectorSimilarityFunction similarity;

  /** Indexes documents, some without a vector, into one or more segments. */
  private void index(int count, int dimension, boolean oneSegment) throws IOException {
    similarity = randomSimilarity();
    vectors = Vectors.clustered(random(), count, dimension);
    boolean sparse = random().nextBoolean();
    directory = newDirectory();
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0)))
            .setUseCompoundFile(random().nextBoolean());
    if (oneSegment == false) {
      config.setMergePolicy(NoMergePolicy.INSTANCE);
    }
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < count; i++) {
        if (sparse && random().nextInt(4) == 0) {
          vectors[i] = null;
        }
        writer.addDocument(document(i));
        if (random().nextInt(count) < 3) {
          writer.flush();
        }
      }
      if (oneSegment) {
        writer.forceMerge(1);
      }
    }
    reader = DirectoryReader.open(directory);
    searcher = newSearcher(reader);
  }

  private Document document(int i) {
    Document document = new Document();
    document.add(new StoredField("id", i));
    document.add(new IntPoint("id", i));
    document.add(new StringField("even", Boolean.toString(i % 2 == 0), Field.Store.NO));
    document.add(new StringField("tenth", Boolean.toString(i % 10 == 3), Field.Store.NO));
    if (vectors[i] != null) {
      document.add(new KnnFloatVectorField(FIELD, vectors[i], similarity));
    }
    return document;
  }

  @Override
  public void tearDown() throws Exception {
    if (reader != null) {
      reader.close();
    }
    if (directory != null) {
      directory.close();
    }
    super.tearDown();
  }

  private VectorSimilarityFunction randomSimilarity() {
    return VectorSimilarityFunction.values()[
        random().nextInt(VectorSimilarityFunction.values().length)];
  }

  private float[] query() {
    return Vectors.clustered(random(), 1, dimension())[0];
  }

  private int dimension() {
    return Arrays.stream(vectors).filter(v -> v != null).findFirst().orElseThrow().length;
  }

  private int id(ScoreDoc hit) throws IOException {
    return searcher.storedFields().document(hit.doc).getField("id").numericValue().intValue();
  }

  /**
   * Runs a query for k, checks the score and the order of its hits and that they pass the filter,
   * and returns the recall.
   */
  private double recall(Query query, float[] target, int k, IntPredicate accept)
      throws IOException {
    TopDocs hits = searcher.search(query, k);
    int[] truth = Vectors.nearest(vectors, target, k, similarity, accept);
    assertEquals("hits", truth.length, hits.scoreDocs.length);
    Set<Integer> ids = new HashSet<>();
    float previous = Float.POSITIVE_INFINITY;
    for (ScoreDoc hit : hits.scoreDocs) {
      int id = id(hit);
      assertTrue("twice: " + id, ids.add(id));
      assertTrue("does not pass: " + id, accept.test(id));
      assertEquals(similarity.compare(target, vectors[id]), hit.score, 1e-4f);
      assertTrue(hit.score <= previous);
      previous = hit.score;
    }
    return Arrays.stream(truth).filter(ids::contains).count() / (double) Math.max(1, truth.length);
  }

  private static void assertRecall(double sum, int queries) {
    assertTrue("recall " + sum / queries, sum / queries >= 0.85);
  }

  public void testUnfilteredAndFiltered() throws IOException {
    index(atLeast(600), 4 + random().nextInt(30), random().nextBoolean());
    KnnSearchStrategy strategy =
        random().nextBoolean()
            ? KnnSearchStrategy.Hnsw.DEFAULT
            : new KnnSearchStrategy.Hnsw(random().nextInt(101));
    double all = 0;
    double even = 0;
    double tenth = 0;
    int queries = 20;
    for (int i = 0; i < queries; i++) {
      float[] q = query();
      int k = 5 + random().nextInt(20);
      // for twice k, as a small graph is not always connected
      all += recall(new KnnFloatVectorQuery(FIELD, q, 2 * k, null, strategy), q, k, id -> true);
      Query isEven = new TermQuery(new Term("even", "true"));
      even +=
          recall(
              new KnnFloatVectorQuery(FIELD, q, 2 * k, isEven, strategy), q, k, id -> id % 2 == 0);
      Query isTenth = new TermQuery(new Term("tenth", "true"));
      tenth +=
          recall(
              new KnnFloatVectorQuery(FIELD, q, 2 * k, isTenth, strategy),
              q,
              k,
              id -> id % 10 == 3);
    }
    assertRecall(all, queries);
    assertRecall(even, queries);
    assertRecall(tenth, queries);
  }

  public void testSeededAndPatience() throws IOException {
    index(atLeast(600), 8, random().nextBoolean());
    double seeded = 0;
    double patient = 0;
    int queries = 20;
    for (int i = 0; i < queries; i++) {
      float[] q = query();
      int k = 10;
      KnnFloatVectorQuery knn = new KnnFloatVectorQuery(FIELD, q, 3 * k);
      int nearest = Vectors.nearest(vectors, q, 1, similarity, id -> true)[0];
      Query seed = IntPoint.newSetQuery("id", nearest, random().nextInt(vectors.length));
      seeded += recall(SeededKnnVectorQuery.fromFloatQuery(knn, seed), q, k, id -> true);
      patient += recall(PatienceKnnVectorQuery.fromFloatQuery(knn), q, k, id -> true);
    }
    assertRecall(seeded, queries);
    assertRecall(patient, queries);
  }

  public void testSimilarityThreshold() throws IOException {
    index(atLeast(500), 6, random().nextBoolean());
    double found = 0;
    double expected = 0;
    for (int i = 0; i < 10; i++) {
      float[] q = query();
      int[] truth = Vectors.nearest(vectors, q, 20, similarity, id -> true);
      float threshold = similarity.compare(q, vectors[truth[truth.length - 1]]);
      Query query = SimilarityQueries.floats(FIELD, q, threshold);
      TopDocs hits = searcher.search(query, vectors.length);
      for (ScoreDoc hit : hits.scoreDocs) {
        assertTrue(hit.score >= threshold);
        assertEquals(similarity.compare(q, vectors[id(hit)]), hit.score, 1e-4f);
      }
      found += hits.scoreDocs.length;
      expected += truth.length;
    }
    assertTrue(found + " of " + expected, found >= 0.85 * expected);
  }

  public void testVisitLimit() throws IOException {
    index(atLeast(1000), 8, true);
    LeafReader leaf = getOnlyLeafReader(reader);
    int size = leaf.getFloatVectorValues(FIELD).size();
    for (int i = 0; i < 20; i++) {
      int limit = 1 + random().nextInt(200);
      assertLimit(leaf, size, limit, everyNth(leaf, 100), 0); // few enough for a scan
      // Lucene's searcher checks the limit between nodes: it may exceed it by a node's neighbors
      int degree = 2 * LmdbHnswOptions.DEFAULT.maxConn();
      assertLimit(leaf, size, limit, everyNth(leaf, 2), degree);
      assertLimit(leaf, size, limit, null, degree);
    }
  }

  private void assertLimit(LeafReader leaf, int size, int limit, FixedBitSet accept, int excess)
      throws IOException {
    TopKnnCollector collector = new TopKnnCollector(10, limit);
    AcceptDocs acceptDocs =
        accept == null
            ? AcceptDocs.fromLiveDocs(null, leaf.maxDoc())
            : AcceptDocs.fromIteratorSupplier(
                () -> new BitSetIterator(accept, accept.cardinality()), null, leaf.maxDoc());
    leaf.searchNearestVectors(FIELD, query(), collector, acceptDocs);
    long visited = collector.visitedCount();
    assertTrue(visited + " > " + limit + " + " + excess, visited <= limit + excess);
    assertTrue(visited <= size);
    if (collector.earlyTerminated()) {
      assertEquals(
          TotalHits.Relation.GREATER_THAN_OR_EQUAL_TO, collector.topDocs().totalHits.relation());
    }
  }

  private static FixedBitSet everyNth(LeafReader leaf, int n) {
    FixedBitSet bits = new FixedBitSet(leaf.maxDoc());
    for (int doc = 0; doc < leaf.maxDoc(); doc += n) {
      bits.set(doc);
    }
    return bits;
  }

  public void testTimeout() throws IOException {
    index(atLeast(500), 8, random().nextBoolean());
    searcher = new IndexSearcher(reader);
    Query query = new KnnFloatVectorQuery(FIELD, query(), 400);
    int all = searcher.search(query, 400).scoreDocs.length;
    int patience = random().nextInt(4);
    int[] asked = new int[1];
    searcher.setTimeout(() -> ++asked[0] > patience);
    int some = searcher.search(query, 400).scoreDocs.length;
    assertTrue(some + " of " + all + " after " + asked[0], some < all);
    assertTrue(asked[0] > patience);
  }

  public void testBlockJoin() throws IOException {
    similarity = randomSimilarity();
    int parents = atLeast(100);
    int dimension = 8;
    List<float[]> children = new ArrayList<>();
    List<Integer> parentOf = new ArrayList<>();
    directory = newDirectory();
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0)));
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int parent = 0; parent < parents; parent++) {
        List<Document> block = new ArrayList<>();
        for (float[] child : Vectors.clustered(random(), 1 + random().nextInt(5), dimension)) {
          Document document = new Document();
          document.add(new KnnFloatVectorField(FIELD, child, similarity));
          document.add(new StoredField("parent", parent));
          block.add(document);
          children.add(child);
          parentOf.add(parent);
        }
        Document document = new Document();
        document.add(new StringField("type", "parent", Field.Store.NO));
        block.add(document);
        writer.addDocuments(block);
      }
      writer.forceMerge(1);
    }
    reader = DirectoryReader.open(directory);
    searcher = newSearcher(reader);
    BitSetProducer isParent = new QueryBitSetProducer(new TermQuery(new Term("type", "parent")));
    float[][] all = children.toArray(float[][]::new);
    int k = 10;
    double recall = 0;
    int queries = 20;
    for (int i = 0; i < queries; i++) {
      float[] q = Vectors.clustered(random(), 1, dimension)[0];
      TopDocs hits =
          searcher.search(
              new DiversifyingChildrenFloatKnnVectorQuery(FIELD, q, null, 3 * k, isParent), k);
      Set<Integer> truth = new HashSet<>();
      for (int child : Vectors.nearest(all, q, all.length, similarity, c -> true)) {
        if (truth.size() < k) {
          truth.add(parentOf.get(child));
        }
      }
      Set<Integer> found = new HashSet<>();
      for (ScoreDoc hit : hits.scoreDocs) {
        int parent =
            searcher.storedFields().document(hit.doc).getField("parent").numericValue().intValue();
        assertTrue("parent " + parent + " twice", found.add(parent));
        // the nearest child of the parent
        float best =
            (float)
                IntStream.range(0, all.length)
                    .filter(c -> parentOf.get(c) == parent)
                    .mapToDouble(c -> similarity.compare(q, all[c]))
                    .max()
                    .orElseThrow();
        assertEquals(best, hit.score, 1e-4f);
      }
      assertEquals(k, found.size());
      found.retainAll(truth);
      recall += found.size() / (double) k;
    }
    assertRecall(recall, queries);
  }
}

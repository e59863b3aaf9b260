/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenByteKnnVectorQuery;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.HnswGraph;

/** The metrics that Lucene lacks, from the field type to the score, against their definition. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestMetrics extends LuceneTestCase {

  private static final String FIELD = "vector";

  /** A metric with an encoding; vectors are float[] or byte[]. */
  private enum Kind {
    FLOAT_MANHATTAN {
      @Override
      FieldType type(int dimension) {
        return LmdbHnswFieldTypes.floatManhattan(dimension);
      }

      @Override
      double distance(Object a, Object b) {
        double sum = 0;
        for (int i = 0; i < ((float[]) a).length; i++) {
          sum += Math.abs((double) ((float[]) a)[i] - ((float[]) b)[i]);
        }
        return sum;
      }
    },
    BYTE_MANHATTAN {
      @Override
      FieldType type(int dimension) {
        return LmdbHnswFieldTypes.byteManhattan(dimension);
      }

      @Override
      double distance(Object a, Object b) {
        int sum = 0;
        for (int i = 0; i < ((byte[]) a).length; i++) {
          sum += Math.abs(((byte[]) a)[i] - ((byte[]) b)[i]);
        }
        return sum;
      }
    },
    BYTE_HAMMING {
      @Override
      FieldType type(int dimension) {
        return LmdbHnswFieldTypes.byteHamming(dimension);
      }

      @Override
      double distance(Object a, Object b) {
        int sum = 0;
        for (int i = 0; i < 8 * ((byte[]) a).length; i++) {
          boolean x = (((byte[]) a)[i / 8] >> i % 8 & 1) == 1;
          boolean y = (((byte[]) b)[i / 8] >> i % 8 & 1) == 1;
          sum += x == y ? 0 : 1;
        }
        return sum;
      }
    };

    abstract FieldType type(int dimension);

    abstract double distance(Object a, Object b);

    float score(Object a, Object b) {
      return (float) (1 / (1 + distance(a, b)));
    }

    /** Vectors around a few centres. */
    Object[] vectors(int count, int dimension) {
      if (this == FLOAT_MANHATTAN) {
        return Vectors.clustered(random(), count, dimension);
      }
      byte[][] centres = new byte[1 + count / 50][dimension];
      for (byte[] center : centres) {
        random().nextBytes(center);
      }
      Object[] vectors = new Object[count];
      for (int i = 0; i < count; i++) {
        byte[] vector = centres[random().nextInt(centres.length)].clone();
        for (int j = 0; j < dimension; j++) {
          if (random().nextInt(2) == 0) {
            vector[j] = (byte) random().nextInt(256);
          }
        }
        vectors[i] = vector;
      }
      return vectors;
    }

    Field field(Object vector, FieldType type) {
      return this == FLOAT_MANHATTAN
          ? new KnnFloatVectorField(FIELD, (float[]) vector, type)
          : new KnnByteVectorField(FIELD, (byte[]) vector, type);
    }

    Query nearest(Object target, int k, Query filter) {
      return this == FLOAT_MANHATTAN
          ? new KnnFloatVectorQuery(FIELD, (float[]) target, k, filter)
          : new KnnByteVectorQuery(FIELD, (byte[]) target, k, filter);
    }

    Query within(Object target, float score) {
      return this == FLOAT_MANHATTAN
          ? SimilarityQueries.floats(FIELD, (float[]) target, score)
          : SimilarityQueries.bytes(FIELD, (byte[]) target, score);
    }

    Query diversified(Object target, int k, BitSetProducer parents) {
      return this == FLOAT_MANHATTAN
          ? new DiversifyingChildrenFloatKnnVectorQuery(FIELD, (float[]) target, null, k, parents)
          : new DiversifyingChildrenByteKnnVectorQuery(FIELD, (byte[]) target, null, k, parents);
    }

    KnnVectorValues values(LeafReader leaf) throws IOException {
      return this == FLOAT_MANHATTAN
          ? leaf.getFloatVectorValues(FIELD)
          : leaf.getByteVectorValues(FIELD);
    }

    VectorScorer scorer(LeafReader leaf, Object target) throws IOException {
      return this == FLOAT_MANHATTAN
          ? leaf.getFloatVectorValues(FIELD).scorer((float[]) target)
          : leaf.getByteVectorValues(FIELD).scorer((byte[]) target);
    }
  }

  private static Codec codec() {
    return new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0));
  }

  private static IndexWriterConfig config() {
    return new IndexWriterConfig()
        .setCodec(codec())
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(random().nextBoolean());
  }

  private static Document document(int id, Field vector) {
    Document document = new Document();
    document.add(new StoredField("id", id));
    document.add(new StringField("key", Integer.toString(id), Field.Store.NO));
    document.add(new StringField("few", Boolean.toString(id % 40 == 3), Field.Store.NO));
    document.add(new StringField("third", Boolean.toString(id % 3 == 0), Field.Store.NO));
    document.add(new NumericDocValuesField("order", (id * 7919L) % 1009));
    document.add(new NumericDocValuesField("updated", 0));
    if (vector != null) {
      document.add(vector);
    }
    return document;
  }

  private static void assertScore(float expected, float found) {
    assertEquals(expected, found, 1e-5f * expected);
    assertTrue(found > 0);
  }

  private static int id(StoredFields stored, int doc) throws IOException {
    return stored.document(doc).getField("id").numericValue().intValue();
  }

  // ---- answers ----

  public void testFloatManhattan() throws IOException {
    check(Kind.FLOAT_MANHATTAN);
  }

  public void testByteManhattan() throws IOException {
    check(Kind.BYTE_MANHATTAN);
  }

  public void testByteHamming() throws IOException {
    check(Kind.BYTE_HAMMING);
  }

  private static void check(Kind kind) throws IOException {
    int dimension = 4 + random().nextInt(70);
    Object[] vectors = kind.vectors(atLeast(500), dimension);
    FieldType type = kind.type(dimension);
    IndexWriterConfig config = config();
    if (random().nextBoolean()) {
      config.setIndexSort(new Sort(new SortField("order", SortField.Type.LONG)));
    }
    boolean merged = random().nextBoolean();
    if (merged == false) {
      config.setMergePolicy(NoMergePolicy.INSTANCE);
    }
    boolean sparse = random().nextBoolean();
    boolean deletes = random().nextBoolean();
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (int id = 0; id < vectors.length; id++) {
          if (sparse && random().nextInt(4) == 0) {
            vectors[id] = null;
          }
          writer.addDocument(
              document(id, vectors[id] == null ? null : kind.field(vectors[id], type)));
          if (random().nextInt(vectors.length) < 4) {
            writer.flush();
          }
        }
        if (deletes) {
          writer.commit();
          for (int id = 0; id < vectors.length; id++) {
            if (random().nextInt(5) == 0) {
              writer.deleteDocuments(new Term("key", Integer.toString(id)));
              vectors[id] = null;
            }
          }
        }
        if (merged) {
          writer.forceMerge(1);
        }
        // Lucene writes the field infos of a segment again for this: they keep the attribute
        writer.updateNumericDocValue(new Term("key", "1"), "updated", 1);
      }
      TestUtil.checkIndex(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        checkScorer(kind, reader, vectors);
        checkQueries(kind, newSearcher(reader), vectors);
      }
    }
  }

  /** Every vector's score, one by one. */
  private static void checkScorer(Kind kind, DirectoryReader reader, Object[] vectors)
      throws IOException {
    Object target = kind.vectors(1, dimension(vectors))[0];
    int seen = 0;
    for (LeafReaderContext leaf : reader.leaves()) {
      if (kind.values(leaf.reader()) == null || kind.values(leaf.reader()).size() == 0) {
        continue;
      }
      assertNotNull(kind.values(leaf.reader()));
      VectorScorer scorer = kind.scorer(leaf.reader(), target);
      StoredFields stored = leaf.reader().storedFields();
      DocIdSetIterator iterator = scorer.iterator();
      for (int doc = iterator.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = iterator.nextDoc()) {
        Object vector = vectors[id(stored, doc)];
        if (vector != null) { // else it is deleted
          assertScore(kind.score(target, vector), scorer.score());
          seen++;
        }
      }
    }
    assertEquals(Arrays.stream(vectors).filter(v -> v != null).count(), seen);
  }

  private static int dimension(Object[] vectors) {
    Object some = Arrays.stream(vectors).filter(v -> v != null).findFirst().orElseThrow();
    return some instanceof float[] floats ? floats.length : ((byte[]) some).length;
  }

  private static float[] best(Kind kind, Object target, Object[] vectors, IntPredicate accept) {
    double[] scores =
        IntStream.range(0, vectors.length)
            .filter(id -> vectors[id] != null && accept.test(id))
            .mapToDouble(id -> -kind.score(target, vectors[id]))
            .sorted()
            .toArray();
    float[] best = new float[scores.length];
    for (int i = 0; i < best.length; i++) {
      best[i] = (float) -scores[i];
    }
    return best;
  }

  private static void checkQueries(Kind kind, IndexSearcher searcher, Object[] vectors)
      throws IOException {
    double all = 0;
    double third = 0;
    double within = 0;
    int queries = 20;
    for (int i = 0; i < queries; i++) {
      Object q =
          random().nextBoolean()
              ? kind.vectors(1, dimension(vectors))[0]
              : RandomPicks.randomFrom(
                  random(), Arrays.stream(vectors).filter(v -> v != null).toList());
      int k = 5 + random().nextInt(10);
      all += recall(kind, searcher, q, k, 3 * k, null, vectors, id -> true);
      Query filter = new TermQuery(new Term("third", "true"));
      third += recall(kind, searcher, q, k, 3 * k, filter, vectors, id -> id % 3 == 0);
      // so few that they are all scored
      filter = new TermQuery(new Term("few", "true"));
      IntPredicate few = id -> id % 40 == 3;
      k = Math.max(1, best(kind, q, vectors, few).length);
      assertEquals(1, recall(kind, searcher, q, k, k, filter, vectors, few), 0);
      within += checkWithin(kind, searcher, q, vectors);
    }
    assertTrue("recall " + all / queries, all / queries >= 0.75);
    assertTrue("filtered recall " + third / queries, third / queries >= 0.75);
    assertTrue("threshold's recall " + within / queries, within / queries >= 0.7);
  }

  /** Checks every score; many vectors may have the same, so the recall is that of scores. */
  private static double recall(
      Kind kind,
      IndexSearcher searcher,
      Object target,
      int k,
      int candidates,
      Query filter,
      Object[] vectors,
      IntPredicate accept)
      throws IOException {
    float[] best = best(kind, target, vectors, accept);
    TopDocs hits = searcher.search(kind.nearest(target, candidates, filter), k);
    assertEquals(Math.min(k, best.length), hits.scoreDocs.length);
    StoredFields stored = searcher.storedFields();
    int good = 0;
    float previous = Float.POSITIVE_INFINITY;
    for (ScoreDoc hit : hits.scoreDocs) {
      int id = id(stored, hit.doc);
      assertTrue(accept.test(id));
      assertNotNull("deleted: " + id, vectors[id]);
      assertScore(kind.score(target, vectors[id]), hit.score);
      assertTrue(hit.score <= previous);
      previous = hit.score;
      if (hit.score >= best[hits.scoreDocs.length - 1] * (1 - 1e-5f)) {
        good++;
      }
    }
    return hits.scoreDocs.length == 0 ? 1 : good / (double) hits.scoreDocs.length;
  }

  private static double checkWithin(
      Kind kind, IndexSearcher searcher, Object target, Object[] vectors) throws IOException {
    float[] best = best(kind, target, vectors, id -> true);
    float threshold = best[Math.min(20, best.length - 1)] * (1 - 1e-5f);
    TopDocs hits = searcher.search(kind.within(target, threshold), vectors.length);
    StoredFields stored = searcher.storedFields();
    for (ScoreDoc hit : hits.scoreDocs) {
      assertTrue(hit.score >= threshold);
      assertScore(kind.score(target, vectors[id(stored, hit.doc)]), hit.score);
    }
    int expected = 0;
    for (float score : best) {
      expected += score >= threshold ? 1 : 0;
    }
    return hits.scoreDocs.length / (double) expected;
  }

  public void testBlockJoin() throws IOException {
    Kind kind = RandomPicks.randomFrom(random(), Kind.values());
    int dimension = 8;
    FieldType type = kind.type(dimension);
    List<Object[]> families = new ArrayList<>();
    try (Directory directory = newDirectory()) {
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        int parents = atLeast(100);
        for (int parent = 0; parent < parents; parent++) {
          Object[] children = kind.vectors(1 + random().nextInt(5), dimension);
          families.add(children);
          List<Document> block = new ArrayList<>();
          for (Object child : children) {
            block.add(document(parent, kind.field(child, type)));
          }
          Document document = new Document();
          document.add(new StringField("type", "parent", Field.Store.NO));
          block.add(document);
          writer.addDocuments(block);
        }
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        IndexSearcher searcher = newSearcher(reader);
        StoredFields stored = searcher.storedFields();
        BitSetProducer isParent =
            new QueryBitSetProducer(new TermQuery(new Term("type", "parent")));
        int best = 0;
        for (int i = 0; i < 20; i++) {
          Object q = kind.vectors(1, dimension)[0];
          Set<Integer> found = new HashSet<>();
          for (ScoreDoc hit : searcher.search(kind.diversified(q, 30, isParent), 10).scoreDocs) {
            int parent = id(stored, hit.doc);
            assertTrue(found.add(parent));
            float[] scores = best(kind, q, families.get(parent), c -> true);
            float nearest = scores[0];
            for (float score : scores) {
              nearest =
                  Math.abs(hit.score - score) < Math.abs(hit.score - nearest) ? score : nearest;
            }
            assertScore(nearest, hit.score);
            best += nearest == scores[0] ? 1 : 0; // a walk may miss the nearest child
          }
          assertEquals(10, found.size());
        }
        assertTrue(best + " of 200", best >= 180);
      }
    }
  }

  /** The example in the README. */
  public void testExample() throws IOException {
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config())) {
      float[] vector = {1, 2, 4};
      byte[] bits = {0b0101, 0, 0, 0, 0, 0, 0, 0};

      Document document = new Document();
      document.add(
          new KnnFloatVectorField(
              "vector", vector, LmdbHnswFieldTypes.floatManhattan(vector.length)));
      document.add(
          new KnnByteVectorField("hash", bits, LmdbHnswFieldTypes.byteHamming(bits.length)));
      writer.addDocument(document);

      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = newSearcher(reader);
        float[] target = {3, 2, 3};
        TopDocs hits = searcher.search(new KnnFloatVectorQuery("vector", target, 1), 1);
        assertEquals(1f / (1 + 2 + 0 + 1), hits.scoreDocs[0].score, 1e-6f);
        hits = searcher.search(new KnnByteVectorQuery("hash", new byte[8], 1), 1);
        assertEquals(1f / (1 + 2), hits.scoreDocs[0].score, 1e-6f);
      }
    }
  }

  public void testZeroAndHugeVectors() throws IOException {
    FieldType type = LmdbHnswFieldTypes.floatManhattan(3);
    float max = Float.MAX_VALUE;
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config())) {
      writer.addDocument(document(0, new KnnFloatVectorField(FIELD, new float[3], type)));
      writer.addDocument(
          document(1, new KnnFloatVectorField(FIELD, new float[] {max, -max, max}, type)));
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        IndexSearcher searcher = newSearcher(reader);
        TopDocs hits = searcher.search(new KnnFloatVectorQuery(FIELD, new float[3], 2), 2);
        assertEquals(2, hits.scoreDocs.length);
        assertEquals(1f, hits.scoreDocs[0].score, 0f);
        assertTrue(hits.scoreDocs[1].score > 0);
      }
    }
  }

  // ---- types ----

  public void testFieldTypes() {
    for (Kind kind : Kind.values()) {
      for (int dimension : new int[] {1, 2 + random().nextInt(5000), 16_384}) {
        FieldType type = kind.type(dimension);
        assertEquals(dimension, type.vectorDimension());
        assertEquals(VectorSimilarityFunction.EUCLIDEAN, type.vectorSimilarityFunction());
        assertEquals(
            kind == Kind.FLOAT_MANHATTAN ? VectorEncoding.FLOAT32 : VectorEncoding.BYTE,
            type.vectorEncoding());
        assertEquals(
            kind == Kind.BYTE_HAMMING ? "HAMMING" : "MANHATTAN",
            type.getAttributes().get(LmdbHnswFieldTypes.METRIC_ATTRIBUTE));
        expectThrows(IllegalStateException.class, () -> type.putAttribute("a", "b"));
      }
      for (int dimension : new int[] {0, -1, 16_385}) {
        IllegalArgumentException e =
            expectThrows(IllegalArgumentException.class, () -> kind.type(dimension));
        assertTrue(e.getMessage(), e.getMessage().contains("dimension=" + dimension));
      }
    }
  }

  private static FieldType type(
      VectorEncoding encoding, VectorSimilarityFunction similarity, String metric) {
    FieldType type = new FieldType();
    type.setVectorAttributes(4, encoding, similarity);
    type.putAttribute(LmdbHnswFieldTypes.METRIC_ATTRIBUTE, metric);
    type.freeze();
    return type;
  }

  private static Field floats(FieldType type) {
    float[] vector = new float[4];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = random().nextFloat();
    }
    return new KnnFloatVectorField(FIELD, vector, type);
  }

  private static Field euclidean() {
    return floats(KnnFloatVectorField.createFieldType(4, VectorSimilarityFunction.EUCLIDEAN));
  }

  private static Field manhattan() {
    return floats(LmdbHnswFieldTypes.floatManhattan(4));
  }

  private static void assertMessage(Throwable t, String... words) {
    for (String word : words) {
      assertTrue(word + " should be in: " + t.getMessage(), t.getMessage().contains(word));
    }
  }

  /** The other documents of the segment stay, and nothing of the wrong type remains. */
  public void testWrongMetrics() throws IOException {
    Map<String, String[]> wrong = new LinkedHashMap<>();
    wrong.put("taxicab", new String[] {"taxicab", "MANHATTAN", "HAMMING"});
    wrong.put("manhattan", new String[] {"manhattan", "MANHATTAN"});
    wrong.put("HAMMING", new String[] {"HAMMING", "BYTE", "FLOAT32"});
    wrong.put("COSINE", new String[] {"COSINE", "EUCLIDEAN"});
    for (Map.Entry<String, String[]> entry : wrong.entrySet()) {
      FieldType type =
          type(VectorEncoding.FLOAT32, VectorSimilarityFunction.EUCLIDEAN, entry.getKey());
      try (Directory directory = newDirectory()) {
        try (IndexWriter writer = new IndexWriter(directory, config())) {
          writer.addDocument(document(0, null));
          IllegalArgumentException e =
              expectThrows(
                  IllegalArgumentException.class,
                  () -> writer.addDocument(document(1, floats(type))));
          assertMessage(e, "\"" + FIELD + "\"");
          assertMessage(e, entry.getValue());
          // Lucene has taken the type from that document for the whole segment
          expectThrows(
              IllegalArgumentException.class, () -> writer.addDocument(document(2, manhattan())));
          writer.addDocument(document(3, null));
          writer.flush();
          writer.addDocument(document(4, manhattan()));
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          assertEquals(3, reader.numDocs());
          TopDocs hits =
              newSearcher(reader).search(new KnnFloatVectorQuery(FIELD, new float[4], 10), 10);
          assertEquals(1, hits.scoreDocs.length);
          assertEquals("MANHATTAN", attribute(getOnlyLeafReader(reader)));
        }
      }
    }
  }

  public void testWrongSimilarityFunction() throws IOException {
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config())) {
      FieldType type =
          type(VectorEncoding.FLOAT32, VectorSimilarityFunction.DOT_PRODUCT, "MANHATTAN");
      IllegalArgumentException e =
          expectThrows(
              IllegalArgumentException.class, () -> writer.addDocument(document(0, floats(type))));
      assertMessage(e, "\"" + FIELD + "\"", "MANHATTAN", "EUCLIDEAN", "DOT_PRODUCT");
    }
  }

  private static String attribute(LeafReader leaf) {
    return leaf.getFieldInfos().fieldInfo(FIELD).getAttribute(LmdbHnswFieldTypes.METRIC_ATTRIBUTE);
  }

  /** As LmdbHnswFieldTypes says: Lucene does not tell a format of later documents' attributes. */
  public void testTheFirstDocumentOfASegmentDecides() throws IOException {
    try (Directory directory = newDirectory();
        IndexWriter writer = new IndexWriter(directory, config())) {
      boolean manhattanFirst = random().nextBoolean();
      writer.addDocument(document(0, manhattanFirst ? manhattan() : euclidean()));
      writer.addDocument(document(1, manhattanFirst ? euclidean() : manhattan()));
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        assertEquals(manhattanFirst ? "MANHATTAN" : null, attribute(leaf));
        float[] vector = leaf.getFloatVectorValues(FIELD).vectorValue(1);
        double expected =
            manhattanFirst
                ? Kind.FLOAT_MANHATTAN.score(new float[4], vector)
                : VectorSimilarityFunction.EUCLIDEAN.compare(new float[4], vector);
        TopDocs hits =
            newSearcher(reader).search(new KnnFloatVectorQuery(FIELD, new float[4], 2), 2);
        ScoreDoc hit = Arrays.stream(hits.scoreDocs).filter(h -> h.doc == 1).findAny().get();
        assertScore((float) expected, hit.score);
      }
    }
  }

  // ---- merges ----

  private static void index(Directory directory, Codec codec, Field... vectors) throws IOException {
    IndexWriterConfig config = config().setCodec(codec).setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int id = 0; id < vectors.length; id++) {
        writer.addDocument(document(id, vectors[id]));
      }
    }
  }

  private static Throwable cause(Throwable t) {
    while (t.getCause() != null) {
      t = t.getCause();
    }
    return t;
  }

  private static void assertMergeFails(ThrowingRunnable merge, String... words) {
    Exception e = expectThrows(Exception.class, merge);
    Throwable cause = cause(e);
    if (cause instanceof IllegalArgumentException == false) {
      for (Throwable suppressed : cause.getSuppressed()) {
        cause = cause(suppressed);
      }
    }
    assertEquals(IllegalArgumentException.class, cause.getClass());
    assertMessage(cause, "\"" + FIELD + "\"");
    assertMessage(cause, words);
  }

  private static Codec otherFormat() {
    return TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat());
  }

  public void testSegmentsOfDifferentMetrics() throws IOException {
    boolean manhattanFirst = random().nextBoolean();
    boolean copied = random().nextBoolean();
    try (Directory first = newDirectory();
        Directory second = newDirectory()) {
      index(first, codec(), manhattanFirst ? manhattan() : euclidean());
      index(
          second,
          random().nextBoolean() ? codec() : otherFormat(),
          manhattanFirst ? euclidean() : manhattan());
      try (IndexWriter writer = new IndexWriter(first, config())) {
        if (copied) {
          writer.addIndexes(second);
        } else {
          try (DirectoryReader reader = DirectoryReader.open(second)) {
            // this merges the new readers among themselves only
            writer.addIndexes((CodecReader) getOnlyLeafReader(reader));
          }
        }
        writer.commit();
        assertMergeFails(() -> writer.forceMerge(1), "MANHATTAN", "EUCLIDEAN");
        writer.rollback();
      }
      // no segment is damaged or gone
      TestUtil.checkIndex(first);
      try (DirectoryReader reader = DirectoryReader.open(first)) {
        assertEquals(2, reader.numDocs());
        TopDocs hits =
            newSearcher(reader).search(new KnnFloatVectorQuery(FIELD, new float[4], 10), 10);
        assertEquals(2, hits.scoreDocs.length);
      }
    }
  }

  public void testReadersOfDifferentMetrics() throws IOException {
    try (Directory first = newDirectory();
        Directory second = newDirectory();
        Directory target = newDirectory()) {
      index(first, random().nextBoolean() ? codec() : otherFormat(), manhattan());
      index(second, random().nextBoolean() ? codec() : otherFormat(), euclidean());
      try (DirectoryReader a = DirectoryReader.open(first);
          DirectoryReader b = DirectoryReader.open(second);
          IndexWriter writer = new IndexWriter(target, config())) {
        CodecReader[] readers = {
          (CodecReader) getOnlyLeafReader(a), (CodecReader) getOnlyLeafReader(b)
        };
        if (random().nextBoolean()) {
          readers = new CodecReader[] {readers[1], readers[0]};
        }
        CodecReader[] inAnyOrder = readers;
        assertMergeFails(() -> writer.addIndexes(inAnyOrder), "MANHATTAN", "EUCLIDEAN");
        writer.addDocument(document(0, null)); // it goes on
      }
    }
  }

  public void testHammingAndManhattan() throws IOException {
    byte[] vector = new byte[4];
    try (Directory first = newDirectory();
        Directory second = newDirectory()) {
      index(
          first, codec(), new KnnByteVectorField(FIELD, vector, LmdbHnswFieldTypes.byteHamming(4)));
      index(
          second,
          codec(),
          new KnnByteVectorField(FIELD, vector, LmdbHnswFieldTypes.byteManhattan(4)));
      try (IndexWriter writer = new IndexWriter(first, config())) {
        writer.addIndexes(second);
        assertMergeFails(() -> writer.forceMerge(1), "MANHATTAN", "HAMMING");
        writer.rollback();
      }
    }
  }

  /** Another format ignores the attribute, and has built its graph by another function. */
  public void testMergesFromOtherFormats() throws IOException {
    Kind kind = RandomPicks.randomFrom(random(), Kind.values());
    int dimension = 8;
    Object[] vectors = kind.vectors(400, dimension);
    FieldType type = kind.type(dimension);
    KnnVectorsFormat lucenes = new Lucene99HnswVectorsFormat(16, 100, 0);
    try (Directory directory = newDirectory()) {
      for (int from = 0; from < vectors.length; from += 100) {
        IndexWriterConfig config = config().setMergePolicy(NoMergePolicy.INSTANCE);
        if (from < 200) {
          config.setCodec(TestUtil.alwaysKnnVectorsFormat(lucenes));
        }
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          for (int id = from; id < from + 100; id++) {
            writer.addDocument(document(id, kind.field(vectors[id], type)));
          }
        }
      }
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        writer.forceMerge(1);
      }
      TestUtil.checkIndex(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        checkScorer(kind, reader, vectors);
        checkQueries(kind, newSearcher(reader), vectors);
      }
    }
  }

  public void testUnknownMetricFromAnotherFormat() throws IOException {
    FieldType type = type(VectorEncoding.FLOAT32, VectorSimilarityFunction.EUCLIDEAN, "taxicab");
    try (Directory directory = newDirectory()) {
      index(directory, otherFormat(), floats(type), floats(type));
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        writer.addDocument(document(2, manhattan()));
        assertMergeFails(() -> writer.forceMerge(1), "taxicab", "MANHATTAN", "HAMMING");
        writer.rollback();
      }
    }
  }

  /** Deleted vectors stand in nobody's way, whatever the order of the segments. */
  public void testDeletedVectorsOfAnotherMetric() throws IOException {
    boolean manhattanFirst = random().nextBoolean();
    try (Directory directory = newDirectory()) {
      for (int segment = 0; segment < 2; segment++) {
        IndexWriterConfig config = config().setMergePolicy(NoMergePolicy.INSTANCE);
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          boolean manhattan = manhattanFirst == (segment == 0);
          for (int i = 0; i < 10; i++) {
            writer.addDocument(
                document(manhattan ? 100 + i : i, manhattan ? manhattan() : euclidean()));
          }
          writer.addDocument(document(1000, null));
        }
      }
      boolean keepManhattan = random().nextBoolean();
      try (IndexWriter writer = new IndexWriter(directory, config())) {
        for (int i = 0; i < 10; i++) {
          writer.deleteDocuments(new Term("key", Integer.toString(keepManhattan ? i : 100 + i)));
        }
        writer.forceMerge(1);
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        LeafReader leaf = getOnlyLeafReader(reader);
        assertEquals(12, leaf.maxDoc());
        VectorScorer scorer = leaf.getFloatVectorValues(FIELD).scorer(new float[4]);
        scorer.iterator().nextDoc();
        float[] vector = leaf.getFloatVectorValues(FIELD).vectorValue(0);
        assertScore(
            keepManhattan
                ? Kind.FLOAT_MANHATTAN.score(new float[4], vector)
                : VectorSimilarityFunction.EUCLIDEAN.compare(new float[4], vector),
            scorer.score());
      }
    }
  }

  /** The graph that is searched is of the metric, not the other format's. */
  public void testGraphsOfOtherFormatsAreNotTaken() throws IOException {
    int dimension = 2;
    FieldType type = LmdbHnswFieldTypes.floatManhattan(dimension);
    Object[] vectors = Kind.FLOAT_MANHATTAN.vectors(300, dimension);
    int[][][] neighbors = new int[2][][];
    for (int i = 0; i < 2; i++) {
      try (Directory directory = newDirectory()) {
        Codec codec =
            i == 0
                ? codec()
                : TestUtil.alwaysKnnVectorsFormat(new Lucene99HnswVectorsFormat(16, 100, 0));
        Field[] fields =
            Arrays.stream(vectors)
                .map(v -> Kind.FLOAT_MANHATTAN.field(v, type))
                .toArray(Field[]::new);
        index(directory, codec, fields);
        IndexWriterConfig config = config();
        try (IndexWriter writer = new IndexWriter(directory, config)) {
          writer.addDocument(document(300, null));
          writer.forceMerge(1);
        }
        try (DirectoryReader reader = DirectoryReader.open(directory)) {
          neighbors[i] = neighbors(getOnlyLeafReader(reader));
        }
      }
    }
    assertArrayEquals(neighbors[0], neighbors[1]);
  }

  private static int[][] neighbors(LeafReader leaf) throws IOException {
    KnnVectorsReader reader =
        ((PerFieldKnnVectorsFormat.FieldsReader) ((CodecReader) leaf).getVectorReader())
            .getFieldReader(FIELD);
    HnswGraph graph = ((HnswGraphProvider) reader).getGraph(FIELD);
    int[][] neighbors = new int[graph.size()][];
    for (int node = 0; node < neighbors.length; node++) {
      graph.seek(0, node);
      neighbors[node] = IntStream.generate(() -> next(graph)).takeWhile(n -> n >= 0).toArray();
    }
    return neighbors;
  }

  private static int next(HnswGraph graph) {
    try {
      int node = graph.nextNeighbor();
      return node == DocIdSetIterator.NO_MORE_DOCS ? -1 : node;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  // ---- files ----

  public void testFileAndFieldMustAgree() throws IOException {
    try (BaseDirectoryWrapper directory = newDirectory()) {
      IndexWriterConfig config = config().setUseCompoundFile(false);
      config.getMergePolicy().setNoCFSRatio(0);
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        writer.addDocument(document(0, manhattan()));
      }
      SegmentCommitInfo segment = SegmentInfos.readLatestCommit(directory).info(0);
      FieldInfos right =
          segment
              .info
              .getCodec()
              .fieldInfosFormat()
              .read(directory, segment.info, "", IOContext.DEFAULT);
      open(directory, segment, right).close();
      for (String metric : new String[] {null, "HAMMING", "EUCLIDEAN", "taxicab"}) {
        List<FieldInfo> infos = new ArrayList<>();
        for (FieldInfo info : right) {
          infos.add(info.name.equals(FIELD) ? withMetric(info, metric) : info);
        }
        FieldInfos wrong = new FieldInfos(infos.toArray(FieldInfo[]::new));
        CorruptIndexException e =
            expectThrows(CorruptIndexException.class, () -> open(directory, segment, wrong));
        assertMessage(e, "\"" + FIELD + "\"", "similarity", metric == null ? "0" : metric);
      }
    }
  }

  private static KnnVectorsReader open(
      Directory directory, SegmentCommitInfo segment, FieldInfos infos) throws IOException {
    return segment
        .info
        .getCodec()
        .knnVectorsFormat()
        .fieldsReader(new SegmentReadState(directory, segment.info, infos, IOContext.DEFAULT));
  }

  private static FieldInfo withMetric(FieldInfo info, String metric) {
    Map<String, String> attributes = new HashMap<>(info.attributes());
    attributes.remove(LmdbHnswFieldTypes.METRIC_ATTRIBUTE);
    if (metric != null) {
      attributes.put(LmdbHnswFieldTypes.METRIC_ATTRIBUTE, metric);
    }
    return new FieldInfo(
        info.name,
        info.number,
        false,
        false,
        false,
        info.getIndexOptions(),
        info.getDocValuesType(),
        info.docValuesSkipIndexType(),
        -1,
        attributes,
        0,
        0,
        0,
        info.getVectorDimension(),
        info.getVectorEncoding(),
        info.getVectorSimilarityFunction(),
        false,
        false);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;

/** Searches by metrics that Lucene lacks. */
public class TestMetrics extends MetricTestCase {

  public void testFloatManhattan() throws IOException {
    check(MetricKind.FLOAT_MANHATTAN);
  }

  public void testByteManhattan() throws IOException {
    check(MetricKind.BYTE_MANHATTAN);
  }

  public void testByteHamming() throws IOException {
    check(MetricKind.BYTE_HAMMING);
  }

  private static void check(MetricKind kind) throws IOException {
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
        // makes Lucene rewrite the field infos of a segment: they must keep the attribute
        writer.updateNumericDocValue(new Term("key", "1"), "updated", 1);
      }
      TestUtil.checkIndex(directory);
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        checkScorer(kind, reader, vectors);
        checkQueries(kind, newSearcher(reader), vectors);
      }
    }
  }

  public void testBlockJoin() throws IOException {
    MetricKind kind = RandomPicks.randomFrom(random(), MetricKind.values());
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
            best += nearest == scores[0] ? 1 : 0; // a search may miss the nearest child
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
}

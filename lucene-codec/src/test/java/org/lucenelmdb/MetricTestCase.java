/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.tests.util.LuceneTestCase;

/**
 * Base class for tests of metrics: documents, and searches compared with the metric's definition.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
abstract class MetricTestCase extends LuceneTestCase {

  static final String FIELD = "vector";

  static Codec codec() {
    return new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0));
  }

  static IndexWriterConfig config() {
    return new IndexWriterConfig()
        .setCodec(codec())
        .setMergeScheduler(new SerialMergeScheduler())
        .setUseCompoundFile(random().nextBoolean());
  }

  static Document document(int id, Field vector) {
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

  static void assertScore(float expected, float found) {
    assertEquals(expected, found, 1e-5f * expected);
    assertTrue(found > 0);
  }

  static int id(StoredFields stored, int doc) throws IOException {
    return stored.document(doc).getField("id").numericValue().intValue();
  }

  /** Checks the score of every vector. */
  static void checkScorer(MetricKind kind, DirectoryReader reader, Object[] vectors)
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
        if (vector != null) { // null if it was deleted
          assertScore(kind.score(target, vector), scorer.score());
          seen++;
        }
      }
    }
    assertEquals(Arrays.stream(vectors).filter(v -> v != null).count(), seen);
  }

  static int dimension(Object[] vectors) {
    Object first = Arrays.stream(vectors).filter(v -> v != null).findFirst().orElseThrow();
    return first instanceof float[] floats ? floats.length : ((byte[]) first).length;
  }

  static float[] best(MetricKind kind, Object target, Object[] vectors, IntPredicate accept) {
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

  static void checkQueries(MetricKind kind, IndexSearcher searcher, Object[] vectors)
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
      // few enough to be scored exhaustively
      filter = new TermQuery(new Term("few", "true"));
      IntPredicate few = id -> id % 40 == 3;
      k = Math.max(1, best(kind, q, vectors, few).length);
      assertEquals(1, recall(kind, searcher, q, k, k, filter, vectors, few), 0);
      within += checkWithin(kind, searcher, q, vectors);
    }
    assertTrue("recall " + all / queries, all / queries >= 0.75);
    assertTrue("filtered recall " + third / queries, third / queries >= 0.75);
    assertTrue("recall of threshold queries " + within / queries, within / queries >= 0.7);
  }

  /** Checks every score, and returns the share of hits among the best k scores, ties included. */
  static double recall(
      MetricKind kind,
      IndexSearcher searcher,
      Object target,
      int k,
      int searched,
      Query filter,
      Object[] vectors,
      IntPredicate accept)
      throws IOException {
    float[] best = best(kind, target, vectors, accept);
    TopDocs hits = searcher.search(kind.nearest(target, searched, filter), k);
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

  static double checkWithin(
      MetricKind kind, IndexSearcher searcher, Object target, Object[] vectors) throws IOException {
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

  static FieldType type(
      VectorEncoding encoding, VectorSimilarityFunction similarity, String metric) {
    FieldType type = new FieldType();
    type.setVectorAttributes(4, encoding, similarity);
    type.putAttribute(LmdbHnswFieldTypes.METRIC_ATTRIBUTE, metric);
    type.freeze();
    return type;
  }

  static Field floats(FieldType type) {
    float[] vector = new float[4];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = random().nextFloat();
    }
    return new KnnFloatVectorField(FIELD, vector, type);
  }

  static Field euclidean() {
    return floats(KnnFloatVectorField.createFieldType(4, VectorSimilarityFunction.EUCLIDEAN));
  }

  static Field manhattan() {
    return floats(LmdbHnswFieldTypes.floatManhattan(4));
  }

  static void assertMessage(Throwable t, String... words) {
    for (String word : words) {
      assertTrue(word + " is missing in: " + t.getMessage(), t.getMessage().contains(word));
    }
  }

  static String attribute(LeafReader leaf) {
    return leaf.getFieldInfos().fieldInfo(FIELD).getAttribute(LmdbHnswFieldTypes.METRIC_ATTRIBUTE);
  }
}

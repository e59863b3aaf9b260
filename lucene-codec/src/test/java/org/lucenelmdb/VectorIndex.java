/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;
import org.junit.Assert;

/**
 * A small index of vectors and the exact answers to searches of it.
 *
 * <p>A document has its position in {@code vectors} as ID, and fields for filters and sorts. Unless
 * the index is sorted or merged by another policy than {@link Form#MERGED}'s, documents are in the
 * order of their IDs.
 */
final class VectorIndex implements Closeable {

  /** The field with the vectors in this project's format. */
  static final String FIELD = "vector";

  /** The field with the same vectors in Lucene's format, if there is one. */
  static final String LUCENE_FIELD = "lucene";

  private static final KnnVectorsFormat LUCENE_FORMAT = new Lucene99HnswVectorsFormat();

  /** How segments are created. */
  enum Form {
    ONE_SEGMENT,
    /** Three segments. */
    SEGMENTS,
    /** Three segments, merged into one. */
    MERGED
  }

  final Directory directory;

  /** The vectors by ID, null for documents without a vector; null if the vectors are bytes. */
  final float[][] vectors;

  /** Null for a metric that Lucene lacks. */
  final VectorSimilarityFunction similarity;

  DirectoryReader reader;
  private final Object[] values;
  private final FieldType type;
  private boolean hasLuceneField;

  /** An index of float vectors. */
  VectorIndex(Directory directory, float[][] vectors, VectorSimilarityFunction similarity) {
    this(directory, vectors, similarity, null);
  }

  /**
   * An index of vectors of any type.
   *
   * @param vectors {@code float[][]} or {@code byte[][]}, with null for documents without a vector
   * @param type the type of the field if {@code similarity} is null
   */
  VectorIndex(
      Directory directory, Object[] vectors, VectorSimilarityFunction similarity, FieldType type) {
    this.directory = directory;
    this.values = vectors;
    this.vectors = vectors instanceof float[][] floats ? floats : null;
    this.similarity = similarity;
    this.type = type;
  }

  /** Options for codes with the given number of bits, and graphs in segments of any size. */
  static LmdbHnswOptions options(int bits, float oversampling) {
    return LmdbHnswOptions.DEFAULT
        .withTinySegmentsThreshold(0)
        .withCodeBits(bits)
        .withOversampling(oversampling);
  }

  /** Flushes only on request. */
  static IndexWriterConfig config(LmdbHnswOptions options) {
    return new IndexWriterConfig()
        .setCodec(
            new LmdbHnswCodec(options) {
              @Override
              public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return field.equals(LUCENE_FIELD)
                    ? LUCENE_FORMAT
                    : super.getKnnVectorsFormatForField(field);
              }
            })
        .setMaxBufferedDocs(1_000_000)
        .setRAMBufferSizeMB(1000);
  }

  /** Sorts the index in another order than that of IDs. */
  static IndexWriterConfig sorted(IndexWriterConfig config) {
    return config.setIndexSort(new Sort(new SortField("sort", SortField.Type.LONG)));
  }

  /**
   * Indexes the vectors in {@link #LUCENE_FIELD}, too. Must be called before documents are added.
   */
  VectorIndex withLuceneField() {
    hasLuceneField = true;
    return this;
  }

  /** Adds all documents. */
  VectorIndex add(Form form, LmdbHnswOptions options) throws IOException {
    add(config(options), form == Form.ONE_SEGMENT ? 1 : 3);
    return form == Form.MERGED
        ? merge(config(options).setMergePolicy(new LogDocMergePolicy()), 1)
        : this;
  }

  /** Adds all documents, in segments of about the same size. */
  VectorIndex add(IndexWriterConfig config, int segments) throws IOException {
    config.setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < values.length; i++) {
        writer.addDocument(document(i));
        if ((i + 1) % ((values.length + segments - 1) / segments) == 0) {
          writer.flush();
        }
      }
    }
    return open();
  }

  /** Merges segments until there are at most the given number of them. */
  VectorIndex merge(IndexWriterConfig config, int segments) throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      writer.forceMerge(segments);
    }
    return open();
  }

  /** Deletes documents by ID. Does not merge. */
  VectorIndex delete(IndexWriterConfig config, IntPredicate deleted) throws IOException {
    config.setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < values.length; i++) {
        if (deleted.test(i)) {
          writer.deleteDocuments(IntPoint.newExactQuery("id", i));
          values[i] = null;
        }
      }
    }
    return open();
  }

  private Document document(int i) {
    Document document = new Document();
    document.add(new StoredField("id", i));
    document.add(new IntPoint("id", i));
    document.add(new NumericDocValuesField("sort", i * 7919L % 1009));
    document.add(new StringField("even", Boolean.toString(i % 2 == 0), Field.Store.NO));
    document.add(new StringField("tenth", Boolean.toString(i % 10 == 3), Field.Store.NO));
    if (values[i] != null) {
      document.add(field(FIELD, values[i]));
      if (hasLuceneField) {
        document.add(field(LUCENE_FIELD, values[i]));
      }
    }
    return document;
  }

  private Field field(String name, Object vector) {
    if (vector instanceof byte[] bytes) {
      return similarity == null
          ? new KnnByteVectorField(name, bytes, type)
          : new KnnByteVectorField(name, bytes, similarity);
    }
    return similarity == null
        ? new KnnFloatVectorField(name, (float[]) vector, type)
        : new KnnFloatVectorField(name, (float[]) vector, similarity);
  }

  /** Opens the current state of the index, and closes the previous reader. */
  VectorIndex open() throws IOException {
    if (reader != null) {
      reader.close();
    }
    reader = DirectoryReader.open(directory);
    return this;
  }

  IndexSearcher searcher() {
    return new IndexSearcher(reader);
  }

  /** The exact score of each document, by ID. All documents must have float vectors. */
  float[] scores(float[] target) {
    float[] scores = new float[vectors.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = similarity.compare(target, vectors[i]);
    }
    return scores;
  }

  /** Searches as an application does, with Lucene's default strategy. */
  ScoreDoc[] search(String field, float[] target, int k, DocFilter filter) throws IOException {
    return search(field, target, k, filter, KnnSearchStrategy.Hnsw.DEFAULT);
  }

  /** Searches as an application does. */
  ScoreDoc[] search(
      String field, float[] target, int k, DocFilter filter, KnnSearchStrategy strategy)
      throws IOException {
    Query query = new KnnFloatVectorQuery(field, target, k, filter.query(), strategy);
    return filter.searcher(reader).search(query, k).scoreDocs;
  }

  /**
   * Searches graphs even if an exhaustive search costs less, because a visit limit forbids the
   * latter.
   */
  ScoreDoc[] traverse(String field, float[] target, int k, DocFilter filter) throws IOException {
    List<TopDocs> found = new ArrayList<>();
    for (LeafReaderContext context : reader.leaves()) {
      TopKnnCollector collector = new TopKnnCollector(k, filter.count(context) - 1);
      context.reader().searchNearestVectors(field, target, collector, filter.acceptDocs(context));
      TopDocs hits = collector.topDocs();
      for (ScoreDoc hit : hits.scoreDocs) {
        hit.doc += context.docBase;
      }
      found.add(hits);
    }
    return TopDocs.merge(k, found.toArray(new TopDocs[0])).scoreDocs;
  }

  /** Runs a query, checks its hits and their scores, and returns recall@k. */
  double recall(Query query, float[] target, int k, IntPredicate accept) throws IOException {
    IndexSearcher searcher = searcher();
    TopDocs hits = searcher.search(query, k);
    int[] nearest = Vectors.nearest(vectors, target, k, similarity, accept);
    Assert.assertEquals("hits", nearest.length, hits.scoreDocs.length);
    StoredFields fields = searcher.storedFields();
    Set<Integer> ids = new HashSet<>();
    float previous = Float.POSITIVE_INFINITY;
    for (ScoreDoc hit : hits.scoreDocs) {
      int id = fields.document(hit.doc).getField("id").numericValue().intValue();
      Assert.assertTrue("duplicate hit: " + id, ids.add(id));
      Assert.assertTrue("does not pass the filter: " + id, accept.test(id));
      float expected = similarity.compare(target, vectors[id]);
      Assert.assertEquals(expected, hit.score, 1e-5f * Math.max(1, expected));
      Assert.assertTrue(hit.score <= previous);
      previous = hit.score;
    }
    return Arrays.stream(nearest).filter(ids::contains).count()
        / (double) Math.max(1, nearest.length);
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
    directory.close();
  }
}

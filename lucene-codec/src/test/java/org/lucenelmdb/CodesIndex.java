/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;

/** An index of vectors, for tests of searches on codes, and the truth about it. */
final class CodesIndex implements Closeable {

  static final String FIELD = "vector";

  final Directory directory;
  final float[][] vectors; // null where the document has none
  final VectorSimilarityFunction similarity;
  DirectoryReader reader;

  CodesIndex(Directory directory, float[][] vectors, VectorSimilarityFunction similarity) {
    this.directory = directory;
    this.vectors = vectors;
    this.similarity = similarity;
  }

  /** Options for codes of so many bits, and graphs in the smallest segments. */
  static LmdbHnswOptions options(int bits, float oversampling) {
    return LmdbHnswOptions.DEFAULT
        .withTinySegmentsThreshold(0)
        .withCodeBits(bits)
        .withOversampling(oversampling);
  }

  /** Vectors that a similarity function can compare, of very different lengths where it may be. */
  static float[][] vectors(
      Random random, VectorSimilarityFunction similarity, int count, int dimension) {
    float[][] vectors = Vectors.clustered(random, count, dimension);
    for (float[] vector : vectors) {
      float length =
          switch (similarity) {
            case COSINE -> (float) Math.pow(10, 6 * random.nextDouble() - 3);
            case EUCLIDEAN, MAXIMUM_INNER_PRODUCT -> 0.8f + 0.4f * random.nextFloat();
            case DOT_PRODUCT -> 1;
          };
      for (int i = 0; i < dimension; i++) {
        vector[i] *= length;
      }
    }
    return vectors;
  }

  static IndexWriterConfig config(LmdbHnswOptions options) {
    return new IndexWriterConfig()
        .setCodec(new LmdbHnswCodec(options))
        .setMaxBufferedDocs(1_000_000)
        .setRAMBufferSizeMB(1000);
  }

  static IndexWriterConfig sorted(IndexWriterConfig config) {
    return config.setIndexSort(new Sort(new SortField("sort", SortField.Type.LONG)));
  }

  /** Adds all documents, in segments of about the same size. */
  CodesIndex add(IndexWriterConfig config, int segments) throws IOException {
    config.setMergePolicy(NoMergePolicy.INSTANCE);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int i = 0; i < vectors.length; i++) {
        writer.addDocument(document(i));
        if (i > 0 && i % ((vectors.length + segments - 1) / segments) == 0) {
          writer.flush();
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
    if (vectors[i] != null) {
      document.add(new KnnFloatVectorField(FIELD, vectors[i], similarity));
    }
    return document;
  }

  /**
   * A copy with the same graph and no codes: a merge of one segment takes over its graph as it is.
   *
   * @param copy an empty directory
   */
  CodesIndex withoutCodes(Directory copy) throws IOException {
    copyWithoutCodes(reader, copy);
    return new CodesIndex(copy, vectors, similarity).open();
  }

  /** As {@link #withoutCodes}, of any index. */
  static void copyWithoutCodes(DirectoryReader reader, Directory copy) throws IOException {
    try (IndexWriter writer = new IndexWriter(copy, config(options(0, 1)))) {
      for (LeafReaderContext leaf : reader.leaves()) {
        writer.addIndexes((CodecReader) leaf.reader());
      }
    }
  }

  /** Opens the index as it is now. */
  CodesIndex open() throws IOException {
    if (reader != null) {
      reader.close();
    }
    reader = DirectoryReader.open(directory);
    return this;
  }

  IndexSearcher searcher() {
    return new IndexSearcher(reader);
  }

  /** Recall of a query's first hits, each of which is checked: its score, its right to be there. */
  double recall(Query query, float[] target, int k, IntPredicate accept) throws IOException {
    IndexSearcher searcher = searcher();
    TopDocs hits = searcher.search(query, k);
    int[] truth = Vectors.nearest(vectors, target, k, similarity, accept);
    assertEquals("hits", truth.length, hits.scoreDocs.length);
    StoredFields fields = searcher.storedFields();
    Set<Integer> ids = new HashSet<>();
    float previous = Float.POSITIVE_INFINITY;
    for (ScoreDoc hit : hits.scoreDocs) {
      int id = fields.document(hit.doc).getField("id").numericValue().intValue();
      assertTrue("twice: " + id, ids.add(id));
      assertTrue("does not pass: " + id, accept.test(id));
      float expected = similarity.compare(target, vectors[id]);
      assertEquals(expected, hit.score, 1e-5f * Math.max(1, expected));
      assertTrue(hit.score <= previous);
      previous = hit.score;
    }
    return Arrays.stream(truth).filter(ids::contains).count() / (double) Math.max(1, truth.length);
  }

  @Override
  public void close() throws IOException {
    if (reader != null) {
      reader.close();
    }
    directory.close();
  }
}

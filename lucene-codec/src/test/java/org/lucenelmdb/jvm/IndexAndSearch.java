/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jvm;

import java.nio.file.Path;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/**
 * A typical program: it indexes a few vectors in a directory, merges the segments, and searches. If
 * the directory has an index, the program only searches. It is the main class of other JVMs, so it
 * uses no test library.
 */
final class IndexAndSearch {

  /** A graph grows before the first segment is written, and before its first block is full. */
  private static final int DOCS = 1800;

  private static final int COMMITS = 3;

  private static final String ID = "id";
  private static final String FIELD = "vector";

  private IndexAndSearch() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("MODULE " + LmdbHnswCodec.class.getModule().getName());
    try (Directory directory = new MMapDirectory(Path.of(arguments[0]))) {
      if (DirectoryReader.indexExists(directory) == false) {
        write(directory);
      }
      System.out.println("HITS " + search(directory));
    }
    System.out.println("DISABLED " + System.getProperty("jffi.unsafe.disabled"));
  }

  private static void write(Directory directory) throws Exception {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0).withCodeBits(4);
    IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec(options));
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int doc = 0; doc < DOCS; doc++) {
        Document document = new Document();
        document.add(new StoredField(ID, doc));
        document.add(
            new KnnFloatVectorField(FIELD, vector(doc), VectorSimilarityFunction.EUCLIDEAN));
        writer.addDocument(document);
        if ((doc + 1) % (DOCS / COMMITS) == 0) {
          writer.commit();
        }
      }
      writer.forceMerge(1);
    }
  }

  private static String search(Directory directory) throws Exception {
    StringBuilder docs = new StringBuilder();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      IndexSearcher searcher = new IndexSearcher(reader);
      TopDocs hits = searcher.search(new KnnFloatVectorQuery(FIELD, vector(0), 3), 3);
      for (ScoreDoc hit : hits.scoreDocs) {
        docs.append(searcher.storedFields().document(hit.doc).get(ID)).append(' ');
      }
    }
    return docs.toString().trim();
  }

  /** The distance from the first vector increases with the number. */
  private static float[] vector(int doc) {
    float[] vector = new float[64];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = doc + i;
    }
    return vector;
  }
}

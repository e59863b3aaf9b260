/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.index;

import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KeywordField;
import org.apache.lucene.document.LongField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.output.ProgressLine;
import org.lucenelmdb.tools.transfer.model.ForeignIndex;
import org.lucenelmdb.tools.transfer.model.Ids;
import org.lucenelmdb.tools.transfer.model.MergeConfig;

/**
 * Writes a foreign index as a Lucene index of one segment. Its documents have the ids, stored,
 * indexed and as doc values, and are in the order of the foreign vectors.
 *
 * <p>A graph is kept as it is if no vector is deleted. Otherwise the merge repairs it.
 */
public final class ImportedIndex {

  private static final int MAX_TERM_BYTES = IndexWriter.MAX_TERM_LENGTH;

  private ImportedIndex() {}

  /**
   * Writes an index.
   *
   * @param directory an empty directory
   * @param field the name of the field with the vectors
   * @param idField the name of the field with the ids
   * @param threads the number of threads that build a graph
   */
  public static void write(
      Directory directory, ForeignIndex index, String field, String idField, int threads)
      throws IOException {
    checkVectors(index);
    try (Directory documents = new ByteBuffersDirectory()) {
      writeDocuments(documents, index.ids(), idField);
      try (DirectoryReader reader = DirectoryReader.open(documents);
          MergeConfig config = new MergeConfig(options(index), threads)) {
        CodecReader ids = (CodecReader) reader.leaves().getFirst().reader();
        config.merge(directory, new ForeignSegmentReader(ids, index, field));
      }
    }
  }

  /** A merge does not check vectors, because those of other segments were checked before. */
  private static void checkVectors(ForeignIndex index) throws IOException {
    if (index.vectors().encoding() != VectorEncoding.FLOAT32) {
      return;
    }
    float[] vector = new float[index.vectors().dimension()];
    for (int i = 0; i < index.vectors().size(); i++) {
      index.vectors().read(i, vector);
      double squares = 0;
      for (float component : vector) {
        squares += (double) component * component;
      }
      if (Double.isFinite(squares) == false) {
        throw new IndexException(
            "expected finite components of the vector with the id "
                + index.ids().text(i)
                + "; found others");
      }
    }
  }

  private static LmdbHnswOptions options(ForeignIndex index) {
    if (index.graph() == null) {
      return LmdbHnswOptions.DEFAULT;
    }
    int maxConn =
        Math.clamp(
            index.graph().maxConn(), LmdbHnswOptions.MIN_MAX_CONN, LmdbHnswOptions.MAX_MAX_CONN);
    return LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0).withMaxConn(maxConn);
  }

  private static void writeDocuments(Directory directory, Ids ids, String idField)
      throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec())
            .setMergePolicy(new LogDocMergePolicy()) // keeps the order of documents
            .setMergeScheduler(new SerialMergeScheduler());
    try (IndexWriter writer = new IndexWriter(directory, config);
        ProgressLine progress = ProgressLine.begin("ids", ids.size())) {
      for (int i = 0; i < ids.size(); i++) {
        Document document = new Document();
        document.add(field(ids, i, idField));
        writer.addDocument(document);
        progress.advance(1);
      }
      writer.forceMerge(1);
    }
  }

  private static Field field(Ids ids, int ordinal, String name) throws IOException {
    if (ids.areNumbers()) {
      return new LongField(name, ids.number(ordinal), Field.Store.YES);
    }
    String id = ids.text(ordinal);
    if (id.length() > MAX_TERM_BYTES / 3) {
      throw new IndexException(
          "expected ids of at most "
              + MAX_TERM_BYTES / 3
              + " characters; found one of "
              + id.length());
    }
    return new KeywordField(name, id, Field.Store.YES);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.FloatPoint;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/**
 * Builds an index whose documents have a vector in the field {@code v}, and values to filter on.
 */
public final class TestIndex {

  /** The vectors: {@code float[]} or {@code byte[]}, or null for a document without one. */
  @FunctionalInterface
  public interface Vectors {
    Object of(int id);
  }

  private final int size;
  private final FieldType type;
  private final Vectors vectors;
  private LmdbHnswOptions options = LmdbHnswOptions.DEFAULT;
  private int perSegment = Integer.MAX_VALUE;
  private double deleted;

  private TestIndex(int size, FieldType type, Vectors vectors) {
    this.size = size;
    this.type = type;
    this.vectors = vectors;
  }

  public static TestIndex of(int size, VectorSimilarityFunction function, Vectors vectors) {
    Object first = vectors.of(0);
    FieldType type = new FieldType();
    if (first instanceof float[] floats) {
      type.setVectorAttributes(floats.length, VectorEncoding.FLOAT32, function);
    } else {
      type.setVectorAttributes(((byte[]) first).length, VectorEncoding.BYTE, function);
    }
    return new TestIndex(size, type, vectors);
  }

  public static TestIndex of(int size, FieldType type, Vectors vectors) {
    return new TestIndex(size, type, vectors);
  }

  public TestIndex options(LmdbHnswOptions value) {
    options = value;
    return this;
  }

  /** Without this, there is one segment. */
  public TestIndex segments(int documents) {
    perSegment = documents;
    return this;
  }

  /** Deletes a share of the documents, evenly. */
  public TestIndex delete(double share) {
    deleted = share;
    return this;
  }

  public Path write(Path path) throws IOException {
    TieredMergePolicy merges = new TieredMergePolicy();
    merges.setNoCFSRatio(0);
    boolean isOne = perSegment == Integer.MAX_VALUE;
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec(options))
            .setUseCompoundFile(false)
            .setMergeScheduler(new SerialMergeScheduler())
            .setMergePolicy(isOne ? merges : NoMergePolicy.INSTANCE);
    try (Directory directory = open(path);
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int id = 0; id < size; id++) {
        writer.addDocument(document(id));
        if (id % perSegment == perSegment - 1) {
          writer.commit();
        }
      }
      writer.commit();
      if (isOne) {
        writer.forceMerge(1);
      }
      writer.getConfig().setMergePolicy(NoMergePolicy.INSTANCE);
      int deletes = (int) (deleted * size);
      for (int i = 0; i < deletes; i++) {
        writer.deleteDocuments(new Term("id", String.valueOf((int) ((long) i * size / deletes))));
      }
    }
    return path;
  }

  /** Opens a directory for writing. */
  public static Directory open(Path path) {
    BaseDirectoryWrapper directory = LuceneTestCase.newFSDirectory(path);
    directory.setCheckIndexOnClose(false); // takes long
    return directory;
  }

  private Document document(int id) {
    Document document = new Document();
    document.add(new StringField("id", String.valueOf(id), Field.Store.NO));
    document.add(new StringField("color", id % 5 == 0 ? "red" : "blue", Field.Store.NO));
    document.add(new IntPoint("int", id));
    document.add(new LongPoint("long", id + 5_000_000_000L));
    document.add(new FloatPoint("float", id / 4f + 0.25f));
    document.add(new DoublePoint("double", id / 8.0 + 0.125));
    document.add(new NumericDocValuesField("number", id));
    switch (vectors.of(id)) {
      case float[] floats -> document.add(new KnnFloatVectorField("v", floats, type));
      case byte[] bytes -> document.add(new KnnByteVectorField("v", bytes, type));
      case null -> {} // a sparse field
      default -> throw new AssertionError();
    }
    return document;
  }
}

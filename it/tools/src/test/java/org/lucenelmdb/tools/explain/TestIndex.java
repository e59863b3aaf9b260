/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswFieldTypes;
import org.lucenelmdb.LmdbHnswOptions;

/** Writes indexes of clustered random vectors. Documents have the fields v, id, color, number. */
final class TestIndex {

  enum Kind {
    EUCLIDEAN,
    DOT_PRODUCT,
    COSINE,
    MAXIMUM_INNER_PRODUCT,
    MANHATTAN,
    EUCLIDEAN_BYTES,
    COSINE_BYTES,
    MANHATTAN_BYTES,
    HAMMING_BYTES;

    boolean isBytes() {
      return name().endsWith("_BYTES");
    }
  }

  final Random random;
  final Path path;
  Kind kind = Kind.EUCLIDEAN;
  int dimension = 32;
  int clusters = 20;
  float spread = 0.4f;
  LmdbHnswOptions options =
      LmdbHnswOptions.DEFAULT.withMaxConn(8).withBeamWidth(20).withTinySegmentsThreshold(0);
  Codec codec; // null for that of the options
  Sort sort;
  boolean isCompound;
  int percentWithVector = 100;
  private float[][] centers;
  private int nextId;

  TestIndex(Random random, Path path) {
    this.random = random;
    this.path = path;
  }

  static Kind randomKind(Random random) {
    return RandomPicks.randomFrom(random, Kind.values());
  }

  float[] vector() {
    if (centers == null) {
      centers = new float[clusters][dimension];
      for (float[] center : centers) {
        for (int i = 0; i < dimension; i++) {
          center[i] = (float) random.nextGaussian();
        }
      }
    }
    float[] center = centers[random.nextInt(clusters)];
    float[] vector = new float[dimension];
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      vector[i] = center[i] + spread * (float) random.nextGaussian();
      squares += vector[i] * vector[i];
    }
    for (int i = 0; i < dimension; i++) {
      if (kind == Kind.DOT_PRODUCT) {
        vector[i] /= (float) Math.sqrt(squares);
      } else if (kind.isBytes()) {
        vector[i] = Math.max(-128, Math.min(127, Math.round(40 * vector[i])));
      }
    }
    return vector;
  }

  /** The text of a vector on the command line. */
  static String text(float[] vector) {
    StringBuilder text = new StringBuilder();
    for (float value : vector) {
      text.append(text.isEmpty() ? "" : ",").append(value);
    }
    return text.toString();
  }

  private Field field(float[] vector) {
    if (kind.isBytes()) {
      byte[] bytes = new byte[dimension];
      for (int i = 0; i < dimension; i++) {
        bytes[i] = (byte) vector[i];
      }
      return switch (kind) {
        case MANHATTAN_BYTES -> bytes(bytes, LmdbHnswFieldTypes.byteManhattan(dimension));
        case HAMMING_BYTES -> bytes(bytes, LmdbHnswFieldTypes.byteHamming(dimension));
        case COSINE_BYTES -> new KnnByteVectorField("v", bytes, VectorSimilarityFunction.COSINE);
        default -> new KnnByteVectorField("v", bytes, VectorSimilarityFunction.EUCLIDEAN);
      };
    }
    return kind == Kind.MANHATTAN
        ? new KnnFloatVectorField("v", vector, LmdbHnswFieldTypes.floatManhattan(dimension))
        : new KnnFloatVectorField("v", vector, VectorSimilarityFunction.valueOf(kind.name()));
  }

  private static Field bytes(byte[] bytes, FieldType type) {
    return new KnnByteVectorField("v", bytes, type);
  }

  Document document(float[] vector) {
    Document document = new Document();
    int id = nextId++;
    document.add(new StringField("id", "" + id, Field.Store.NO));
    document.add(new StringField("color", id % 4 == 0 ? "red" : "blue", Field.Store.NO));
    document.add(new IntPoint("number", id));
    document.add(new NumericDocValuesField("order", id * 0x9E3779B97F4A7C15L >>> 40));
    if (vector != null) {
      document.add(field(vector));
    }
    return document;
  }

  private Directory directory() {
    BaseDirectoryWrapper directory = LuceneTestCase.newFSDirectory(path);
    directory.setCheckIndexOnClose(false); // it would read all vectors several times
    return directory;
  }

  /** Adds segments, each of a number of documents. */
  void add(int... sizes) throws IOException {
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec == null ? new LmdbHnswCodec(options) : codec)
            .setMergePolicy(NoMergePolicy.INSTANCE)
            .setMergeScheduler(new SerialMergeScheduler())
            .setRAMBufferSizeMB(256)
            .setUseCompoundFile(isCompound);
    if (sort != null) {
      config.setIndexSort(sort);
    }
    try (Directory directory = directory();
        IndexWriter writer = new IndexWriter(directory, config)) {
      for (int size : sizes) {
        for (int i = 0; i < size; i++) {
          writer.addDocument(document(random.nextInt(100) < percentWithVector ? vector() : null));
        }
        writer.commit();
      }
    }
  }

  void addVectors(float[]... vectors) throws IOException {
    try (Directory directory = directory();
        IndexWriter writer =
            new IndexWriter(
                directory,
                new IndexWriterConfig()
                    .setCodec(new LmdbHnswCodec(options))
                    .setMergePolicy(NoMergePolicy.INSTANCE)
                    .setRAMBufferSizeMB(256)
                    .setUseCompoundFile(isCompound))) {
      for (float[] vector : vectors) {
        writer.addDocument(document(vector));
      }
    }
  }

  /** Deletes the documents with these IDs. */
  void delete(int... ids) throws IOException {
    try (Directory directory = directory();
        IndexWriter writer =
            new IndexWriter(
                directory, new IndexWriterConfig().setMergePolicy(NoMergePolicy.INSTANCE))) {
      for (int id : ids) {
        writer.deleteDocuments(new Term("id", "" + id));
      }
    }
  }

  static Sort byOrder() {
    return new Sort(new SortField("order", SortField.Type.LONG));
  }
}

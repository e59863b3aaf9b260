/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.Directory;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswFieldTypes;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswVectorsFormat;

/** Writes indexes of many kinds: metrics, codes, segments, sparse fields, deletes and others. */
public final class RandomIndexes {

  /** The kind of a field: its metric and its encoding. */
  private enum Kind {
    EUCLIDEAN,
    DOT_PRODUCT,
    COSINE,
    MAXIMUM_INNER_PRODUCT,
    MANHATTAN,
    EUCLIDEAN_BYTES,
    COSINE_BYTES,
    MANHATTAN_BYTES,
    HAMMING_BYTES
  }

  private record Spec(String name, Kind kind, int dimension, int codeBits, int percent) {}

  private RandomIndexes() {}

  /**
   * Writes an index.
   *
   * @param maxDocs the largest number of documents
   */
  public static void write(Directory directory, Random random, int maxDocs) throws IOException {
    List<Spec> specs = new ArrayList<>();
    int fields = 1 + random.nextInt(3);
    for (int i = 0; i < fields; i++) {
      int[] bits = {0, 1, 2, 4, 8, LmdbHnswOptions.AUTO};
      specs.add(
          new Spec(
              "f" + i,
              Kind.values()[random.nextInt(Kind.values().length)],
              1 + random.nextInt(70),
              bits[random.nextInt(bits.length)],
              random.nextBoolean() ? 100 : 1 + random.nextInt(99)));
    }
    LmdbHnswCodec codec = codec(specs, random);
    boolean isCompound = random.nextBoolean();
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(codec)
            .setUseCompoundFile(isCompound)
            .setRAMBufferSizeMB(8 + random.nextInt(40));
    config.getMergePolicy().setNoCFSRatio(isCompound ? 1 : 0);
    if (random.nextInt(4) == 0) {
      config.setIndexSort(new Sort(new SortField("order", SortField.Type.INT)));
    }
    int docs = random.nextInt(maxDocs + 1);
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int doc = 0; doc < docs; doc++) {
        Document document = new Document();
        document.add(new StringField("id", "" + doc, Field.Store.NO));
        document.add(new NumericDocValuesField("order", random.nextInt()));
        for (Spec spec : specs) {
          if (random.nextInt(100) < spec.percent) {
            document.add(field(spec, random));
          }
        }
        writer.addDocument(document);
        if (random.nextInt(1 + maxDocs / 3) == 0) {
          writer.commit();
        }
      }
      for (int i = 0; random.nextBoolean() && i < docs / 10; i++) {
        writer.deleteDocuments(new Term("id", "" + random.nextInt(docs)));
      }
      if (random.nextInt(3) == 0) {
        writer.forceMerge(1);
      }
    }
  }

  private static LmdbHnswCodec codec(List<Spec> specs, Random random) {
    int threshold = random.nextBoolean() ? 0 : random.nextInt(300);
    int maxConn = 2 + random.nextInt(15);
    List<KnnVectorsFormat> formats = new ArrayList<>();
    for (Spec spec : specs) {
      boolean canQuantize = spec.kind != Kind.HAMMING_BYTES;
      formats.add(
          new LmdbHnswVectorsFormat(
              LmdbHnswOptions.DEFAULT
                  .withMaxConn(maxConn)
                  .withBeamWidth(30)
                  .withTinySegmentsThreshold(threshold)
                  .withCodeBits(canQuantize ? spec.codeBits : 0)));
    }
    boolean isShared = random.nextBoolean();
    return new LmdbHnswCodec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return formats.get(isShared ? 0 : field.charAt(1) - '0');
      }
    };
  }

  private static Field field(Spec spec, Random random) {
    float[] vector = vector(spec.dimension, random);
    byte[] bytes = new byte[spec.dimension];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.max(-128, Math.min(127, vector[i] * 50));
    }
    bytes[0] |= 1; // no zero vector
    return switch (spec.kind) {
      case EUCLIDEAN ->
          new KnnFloatVectorField(spec.name, vector, VectorSimilarityFunction.EUCLIDEAN);
      case DOT_PRODUCT ->
          new KnnFloatVectorField(spec.name, unit(vector), VectorSimilarityFunction.DOT_PRODUCT);
      case COSINE -> new KnnFloatVectorField(spec.name, vector, VectorSimilarityFunction.COSINE);
      case MAXIMUM_INNER_PRODUCT ->
          new KnnFloatVectorField(
              spec.name, vector, VectorSimilarityFunction.MAXIMUM_INNER_PRODUCT);
      case MANHATTAN ->
          new KnnFloatVectorField(
              spec.name, vector, LmdbHnswFieldTypes.floatManhattan(spec.dimension));
      case EUCLIDEAN_BYTES ->
          new KnnByteVectorField(spec.name, bytes, VectorSimilarityFunction.EUCLIDEAN);
      case COSINE_BYTES ->
          new KnnByteVectorField(spec.name, bytes, VectorSimilarityFunction.COSINE);
      case MANHATTAN_BYTES -> bytes(spec, bytes, LmdbHnswFieldTypes.byteManhattan(spec.dimension));
      case HAMMING_BYTES -> bytes(spec, bytes, LmdbHnswFieldTypes.byteHamming(spec.dimension));
    };
  }

  private static Field bytes(Spec spec, byte[] vector, FieldType type) {
    return new KnnByteVectorField(spec.name, vector, type);
  }

  /** Returns a vector near one of a few centers. */
  private static float[] vector(int dimension, Random random) {
    int center = random.nextInt(5);
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) (Math.sin(center * 31 + i) + 0.3 * random.nextGaussian());
    }
    return vector;
  }

  private static float[] unit(float[] vector) {
    double square = 0;
    for (float x : vector) {
      square += (double) x * x;
    }
    float[] unit = vector.clone();
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / Math.sqrt(square));
    }
    return unit;
  }
}

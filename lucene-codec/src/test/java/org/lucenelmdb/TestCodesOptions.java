/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.packed.DirectWriter;
import org.lucenelmdb.internal.store.PackedTable;

/** The codes that segments get by options and by default, and their length in bytes. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestCodesOptions extends LuceneTestCase {

  private static final int VECTORS = 40;
  private static final String FIELD = "vector";

  public void testRanges() {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT;
    for (int bits : new int[] {-2, 3, 5, 6, 7, 9, 16, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      IllegalArgumentException e =
          expectThrows(IllegalArgumentException.class, () -> options.withCodeBits(bits));
      assertTrue(e.getMessage(), e.getMessage().contains("codeBits=" + bits));
    }
    for (float wrong : new float[] {0, 0.99f, -2, Float.NaN, 1001, Float.POSITIVE_INFINITY}) {
      for (ThrowingRunnable call :
          new ThrowingRunnable[] {
            () -> options.withOversampling(wrong),
            () -> LmdbHnswSearchStrategy.DEFAULT.withOversampling(wrong)
          }) {
        IllegalArgumentException e = expectThrows(IllegalArgumentException.class, call);
        assertTrue(e.getMessage(), e.getMessage().contains("oversampling=" + wrong));
      }
    }
    expectThrows(
        IllegalArgumentException.class,
        () -> LmdbHnswSearchStrategy.DEFAULT.withOversampling(1).withFilteredSearchThreshold(101));
    for (int bits : new int[] {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8}) {
      LmdbHnswOptions changed = options.withCodeBits(bits).withOversampling(1.5f).withMaxConn(5);
      assertEquals(bits, changed.codeBits());
      assertEquals(1.5f, changed.oversampling(), 0);
      assertEquals(5, changed.maxConn());
    }
    assertEquals(
        LmdbHnswOptions.AUTO,
        options.withOversampling(3).withOversampling(LmdbHnswOptions.AUTO).oversampling(),
        0);
    // the original did not change
    assertEquals(LmdbHnswOptions.AUTO, options.codeBits());
    assertEquals(LmdbHnswOptions.AUTO, options.oversampling(), 0);
  }

  /** Equal vectors get the default number of bits of their dimension, which is the least. */
  public void testDefaults() throws IOException {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);
    for (int dimension : new int[] {320, 384}) {
      assertEquals(codeBytes(dimension, 1, 16_000), codeBytes(options, copies(dimension, 16_000)));
    }
    assertEquals(codeBytes(1024, 1, 4000), codeBytes(options, copies(1024, 4000)));
    assertEquals(codeBytes(319, 2, 16_000), codeBytes(options, copies(319, 16_000)));
    for (int dimension : new int[] {31, 64, 159, 384}) {
      // few vectors fit the CPU's caches and are compared before a query could be quantized
      assertEquals(0, codeBytes(options, floats(dimension)));
    }
    assertEquals(0, codeBytes(options, bytes(320)));
    assertEquals(0, codeBytes(options, bytes(159)));
    byte[] hash = new byte[400];
    assertEquals(
        0,
        codeBytes(
            options, new KnnByteVectorField(FIELD, hash, LmdbHnswFieldTypes.byteHamming(400))));
  }

  /** Vectors get one bit if that ranks them well, else more bits or no codes. */
  public void testMeasuredBits() throws IOException {
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);
    Random random = new Random(17);
    float[][] gaussian = new float[4000][1024];
    float[][] line = new float[4000][1024];
    float[] direction = new float[1024];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = (float) random.nextGaussian();
      for (float[] vector : gaussian) {
        vector[i] = (float) random.nextGaussian();
      }
    }
    for (int v = 0; v < line.length; v++) {
      for (int i = 0; i < direction.length; i++) {
        line[v][i] = v * direction[i];
      }
    }
    long found = codeBytes(options, fields(gaussian));
    assertNotEquals(codeBytes(1024, 1, gaussian.length), found);
    long forced = codeBytes(options.withCodeBits(1), fields(gaussian));
    assertEquals(codeBytes(1024, 1, gaussian.length), forced);
    assertEquals(codeBytes(1024, 1, line.length), codeBytes(options, fields(line)));
  }

  private static List<Field> fields(float[][] vectors) {
    List<Field> fields = new ArrayList<>();
    for (float[] vector : vectors) {
      fields.add(new KnnFloatVectorField(FIELD, vector, VectorSimilarityFunction.EUCLIDEAN));
    }
    return fields;
  }

  public void testChosenBits() throws IOException {
    int dimension = TestUtil.nextInt(random(), 1, 500);
    for (int bits : new int[] {0, 1, 2, 4, 8}) {
      LmdbHnswOptions options =
          LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0).withCodeBits(bits);
      long expected = bits == 0 ? 0 : codeBytes(dimension, bits);
      assertEquals(expected, codeBytes(options, floats(dimension)));
      assertEquals(expected, codeBytes(options, bytes(dimension)));
    }
  }

  /** A segment without a graph has no codes. */
  public void testNoGraphNoCodes() throws IOException {
    assertEquals(0, codeBytes(LmdbHnswOptions.DEFAULT.withCodeBits(1), floats(384)));
  }

  /** The bytes of all records and of the table of nodes. */
  private static long codeBytes(int dimension, int bits) {
    return codeBytes(dimension, bits, VECTORS);
  }

  private static long codeBytes(int dimension, int bits, int vectors) {
    int planeBytes = (dimension + 7) / 8;
    int record = 16 + (bits == 8 ? dimension : bits * planeBytes);
    record = (record + 3) / 4 * 4;
    assertTrue(record <= bits * dimension / 8.0 + 20);
    int width = DirectWriter.bitsRequired(vectors - 1);
    return (long) record * vectors + new PackedTable(0, vectors, width).byteSize();
  }

  private static Field floats(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = random().nextFloat() - 0.5f;
    }
    return new KnnFloatVectorField(FIELD, vector, VectorSimilarityFunction.EUCLIDEAN);
  }

  private static List<Field> copies(int dimension, int count) {
    return Collections.nCopies(count, floats(dimension));
  }

  private static Field bytes(int dimension) {
    byte[] vector = new byte[dimension];
    random().nextBytes(vector);
    return new KnnByteVectorField(FIELD, vector, VectorSimilarityFunction.EUCLIDEAN);
  }

  private static long codeBytes(LmdbHnswOptions options, Field field) throws IOException {
    return codeBytes(options, Collections.nCopies(VECTORS, field));
  }

  private static long codeBytes(LmdbHnswOptions options, List<Field> all) throws IOException {
    try (Directory directory = newDirectory()) {
      IndexWriterConfig config =
          new IndexWriterConfig()
              .setCodec(new LmdbHnswCodec(options))
              .setRAMBufferSizeMB(1000); // one segment
      try (IndexWriter writer = new IndexWriter(directory, config)) {
        for (Field field : all) {
          Document document = new Document();
          document.add(field);
          writer.addDocument(document);
        }
      }
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        CodecReader leaf = (CodecReader) getOnlyLeafReader(reader);
        KnnVectorsReader vectors = leaf.getVectorReader();
        if (vectors instanceof PerFieldKnnVectorsFormat.FieldsReader fields) {
          vectors = fields.getFieldReader(FIELD);
        }
        return vectors
            .getOffHeapByteSize(leaf.getFieldInfos().fieldInfo(FIELD))
            .getOrDefault("veq", 0L);
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.vectors.VectorMetric;

public class TestCodeModel extends LuceneTestCase {

  private static CodeModel randomModel(VectorMetric metric, int dimension, int centroids) {
    int bits = CodeVectors.BITS[random().nextInt(4)];
    boolean isManhattan = metric == VectorMetric.MANHATTAN;
    float[][] all = CodeVectors.gaussian(random(), centroids + 2, dimension, 1);
    return new CodeModel(
        CodeLayout.of(dimension, bits, metric),
        metric,
        random().nextBoolean() ? 4 : 8,
        random().nextFloat(),
        10 + random().nextInt(900),
        all[0],
        isManhattan ? all[1] : null,
        isManhattan ? 0 : random().nextLong(),
        isManhattan ? new float[0][] : Arrays.copyOfRange(all, 2, all.length));
  }

  private static CodeModel randomModel() {
    VectorMetric metric = CodeVectors.METRICS[random().nextInt(CodeVectors.METRICS.length)];
    return randomModel(metric, TestUtil.nextInt(random(), 1, 40), random().nextInt(5));
  }

  private static byte[] write(CodeModel model) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        model.write(out);
      }
      try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
        byte[] bytes = new byte[(int) in.length()];
        in.readBytes(bytes, 0, bytes.length);
        return bytes;
      }
    }
  }

  /** Reads a model and checks the number of bytes that remain. */
  private static CodeModel read(byte[] bytes, CodeModel like, int left) throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        out.writeBytes(bytes, bytes.length);
      }
      try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
        CodeLayout layout = like.layout();
        CodeModel model = CodeModel.read(in, layout.dimension(), layout.bits(), like.metric());
        assertEquals(in.length() - left, in.getFilePointer());
        return model;
      }
    }
  }

  private static void assertSame(CodeModel expected, CodeModel found) {
    assertEquals(expected.layout(), found.layout());
    assertEquals(expected.metric(), found.metric());
    assertEquals(expected.queryBits(), found.queryBits());
    assertEquals(expected.error(), found.error(), 0);
    assertEquals(expected.rerankDepth(), found.rerankDepth(), 0);
    assertArrayEquals(expected.mean(), found.mean(), 0);
    if (expected.deviations() == null) {
      assertNull(found.deviations());
    } else {
      assertArrayEquals(expected.deviations(), found.deviations(), 0);
    }
    assertEquals(expected.seed(), found.seed());
    assertEquals(expected.centroids().length, found.centroids().length);
    for (int i = 0; i < expected.centroids().length; i++) {
      assertArrayEquals(expected.centroids()[i], found.centroids()[i], 0);
    }
  }

  public void testRoundTrip() throws IOException {
    for (int round = 0; round < 50; round++) {
      CodeModel model = randomModel();
      byte[] bytes = write(model);
      int dimension = model.layout().dimension();
      int expected =
          model.metric() == VectorMetric.MANHATTAN
              ? 9 + 2 * 4 * dimension
              : 9 + 4 * dimension + 12 + 4 * dimension * model.centroids().length;
      assertEquals(expected, bytes.length);
      assertSame(model, read(bytes, model, 0));
      assertSame(model, read(Arrays.copyOf(bytes, bytes.length + 7), model, 7));
    }
  }

  /** The largest values that are allowed. */
  public void testLimits() throws IOException {
    CodeModel model = randomModel(VectorMetric.EUCLIDEAN, 1, CodeModel.MAX_CENTROIDS);
    assertSame(model, read(write(model), model, 0));
    CodeModel large = model.withMeasures(Float.MAX_VALUE, CodeModel.MAX_RERANK_DEPTH);
    assertSame(large, read(write(large), large, 0));
    CodeModel small = model.withMeasures(0, 0);
    assertSame(small, read(write(small), small, 0));
  }

  private static void checkCorrupt(byte[] bytes, CodeModel model, String... expected) {
    CorruptIndexException e =
        expectThrows(CorruptIndexException.class, () -> read(bytes, model, 0));
    for (String text : expected) {
      assertTrue(e.getMessage(), e.getMessage().contains(text));
    }
    assertTrue(e.getMessage(), e.getMessage().contains("meta"));
  }

  private static byte[] with(byte[] bytes, int at, int value) {
    byte[] changed = bytes.clone();
    BitUtil.VH_LE_INT.set(changed, at, value);
    return changed;
  }

  private static byte[] with(byte[] bytes, int at, float value) {
    return with(bytes, at, Float.floatToIntBits(value));
  }

  public void testCorrupt() throws IOException {
    for (int round = 0; round < 20; round++) {
      CodeModel model = randomModel();
      byte[] bytes = write(model);
      for (int bits = -128; bits < 128; bits++) {
        byte[] changed = bytes.clone();
        changed[0] = (byte) bits;
        if (bits == 4 || bits == 8) {
          assertEquals(bits, read(changed, model, 0).queryBits());
        } else {
          checkCorrupt(changed, model, "query bits", "4 or 8", "found " + bits);
        }
      }
      for (float wrong : List.of(Float.NaN, -1f, -Float.MIN_VALUE, 1f / 0, -1f / 0)) {
        checkCorrupt(with(bytes, 1, wrong), model, "error", "found " + wrong);
        checkCorrupt(with(bytes, 5, wrong), model, "depth", "found " + wrong);
      }
      checkCorrupt(with(bytes, 5, 1000.1f), model, "depth", "1000", "found 1000.1");
      int dimension = model.layout().dimension();
      for (float wrong : List.of(Float.NaN, 1f / 0, -1f / 0)) {
        int i = random().nextInt(dimension);
        checkCorrupt(
            with(bytes, 9 + 4 * i, wrong), model, "mean", "found " + wrong, "dimension " + i);
        int behind = 9 + 4 * dimension;
        if (model.metric() == VectorMetric.MANHATTAN) {
          checkCorrupt(with(bytes, behind + 4 * i, wrong), model, "deviation", "found " + wrong);
        } else if (model.centroids().length > 0) {
          int centroid = random().nextInt(model.centroids().length);
          int at = behind + 12 + 4 * (centroid * dimension + i);
          checkCorrupt(with(bytes, at, wrong), model, "centroid", "found " + wrong);
          checkCorrupt(with(bytes, at, 4e18f), model, "squared norm of a centroid", "found 1.6");
          checkCorrupt(
              with(bytes, at, -3e38f), model, "squared norm of a centroid", "found Infinity");
        }
      }
      if (model.metric() != VectorMetric.MANHATTAN) {
        int at = 9 + 4 * dimension + 8;
        for (int count :
            new int[] {
              -1,
              Integer.MIN_VALUE,
              Integer.MAX_VALUE,
              CodeModel.MAX_CENTROIDS + 1,
              CodeModel.MAX_CENTROIDS,
              model.centroids().length + 1
            }) {
          checkCorrupt(with(bytes, at, count), model, "number of centroids", "found " + count);
        }
      }
    }
  }

  /** A truncated model is corrupt, wherever it ends, and does not lead to large allocations. */
  public void testTruncated() throws IOException {
    for (int round = 0; round < 5; round++) {
      CodeModel model = randomModel();
      byte[] bytes = write(model);
      for (int length = 0; length < bytes.length; length++) {
        byte[] part = Arrays.copyOf(bytes, length);
        expectThrowsAnyOf(
            List.of(CorruptIndexException.class, EOFException.class), () -> read(part, model, 0));
      }
    }
    CodeModel large = randomModel(VectorMetric.COSINE, 30, 2);
    byte[] bytes = write(large);
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
        out.writeBytes(bytes, bytes.length);
      }
      try (IndexInput in = directory.openInput("meta", IOContext.DEFAULT)) {
        expectThrows(
            CorruptIndexException.class,
            () -> CodeModel.read(in, Integer.MAX_VALUE / 2, 1, VectorMetric.COSINE));
      }
    }
  }

  /** Vectors are normalized with COSINE, centered and rotated. The argument does not change. */
  public void testPreparation() {
    for (VectorMetric metric : CodeVectors.METRICS) {
      int dimension = TestUtil.nextInt(random(), 1, 100);
      CodeModel model = randomModel(metric, dimension, random().nextInt(3));
      CodeModel.Preparation preparation = model.preparation();
      for (float[] vector :
          CodeVectors.vectors(random(), metric, 5, dimension, VectorEncoding.FLOAT32)) {
        float[] copy = vector.clone();
        float[] expected = metric == VectorMetric.COSINE ? CodeVectors.unit(vector) : copy.clone();
        CodeVectors.add(expected, model.mean(), -1);
        if (metric != VectorMetric.MANHATTAN) {
          new Rotation(dimension, model.seed()).apply(expected);
        }
        assertArrayEquals(expected, preparation.apply(vector), 1e-6f);
        assertArrayEquals(copy, vector, 0);
      }
      float[] zero = preparation.apply(new float[dimension]).clone();
      for (float x : zero) {
        assertTrue(Float.isFinite(x));
      }
    }
  }

  /** Vectors that are corrupt, or too large for dot products of floats, are replaced by zeros. */
  public void testPreparationOfHugeVectors() {
    for (VectorMetric metric : CodeVectors.METRICS) {
      CodeModel model = randomModel(metric, 10, random().nextInt(3));
      CodeModel.Preparation preparation = model.preparation();
      for (float huge : new float[] {4e18f, Float.MAX_VALUE, 1f / 0, -1f / 0, Float.NaN}) {
        float[] vector = CodeVectors.vector(random(), 10, VectorEncoding.FLOAT32);
        vector[random().nextInt(10)] = huge;
        float[] found = preparation.apply(vector);
        if (metric == VectorMetric.MANHATTAN) {
          CodeVectors.add(vector, model.mean(), -1);
          assertArrayEquals(vector, found, 0);
        } else if (metric == VectorMetric.COSINE) {
          // a vector of finite length is normalized to a finite one
          assertTrue(CodeVectors.dot(found, found) < 1000);
        } else {
          assertArrayEquals(metric + " " + huge, new float[10], found, 0);
        }
      }
      float[] large = new float[10];
      large[3] = 3e18f;
      float[] found = preparation.apply(large);
      if (metric != VectorMetric.COSINE) {
        assertEquals(9e36, CodeVectors.dot(found, found), 1e33);
      }
    }
  }

  /** Version 1 does not rotate vectors. */
  public void testPreparationOfVersion1() {
    float[] mean = {1, 2, 3};
    float[] vector = {4, 4, 4};
    CodeLayout layout = new CodeLayout(3, 2, Kind.INTERVALS);
    CodeModel model = CodeModel.ofIntervals(layout, VectorMetric.EUCLIDEAN, mean);
    assertArrayEquals(new float[] {3, 2, 1}, model.preparation().apply(vector), 0);
    CodeLayout levels = new CodeLayout(3, 2, Kind.LEVELS);
    model = CodeModel.ofLevels(levels, mean, new float[] {1, 1, 1});
    assertArrayEquals(new float[] {3, 2, 1}, model.preparation().apply(vector), 0);
  }

  /** The error that is assumed for codes of version 1 is close to the measured one. */
  public void testErrorsOfVersion1() {
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (int bits : CodeVectors.BITS) {
        Kind kind = metric == VectorMetric.MANHATTAN ? Kind.LEVELS : Kind.INTERVALS;
        CodeSample.Variant variant = new CodeSample.Variant(metric, kind, bits, 4, 0);
        double squares = 0;
        double scales = 0;
        CodeSample sample = null;
        for (int round = 0; round < 5; round++) {
          float[][] vectors = CodeVectors.lowRank(random(), 200, 128, 20);
          sample = new CodeSample(random(), variant, vectors, vectors[0]);
          double[] truth = sample.similarities();
          float[] scores = sample.scores();
          double mean = 0;
          for (int ord = 1; ord < truth.length; ord++) {
            mean += (scores[ord] - truth[ord]) / (truth.length - 1);
          }
          for (int ord = 1; ord < truth.length; ord++) {
            squares += Math.pow(scores[ord] - truth[ord] - mean, 2);
            scales += Math.pow(sample.query.errorScale(sample.records[ord], scores[ord]), 2);
          }
        }
        double expected = Math.sqrt(squares / scales);
        CodeLayout layout = sample.model.layout();
        CodeModel model =
            metric == VectorMetric.MANHATTAN
                ? CodeModel.ofLevels(layout, sample.model.mean(), sample.model.deviations())
                : CodeModel.ofIntervals(layout, metric, sample.model.mean());
        double found = model.error();
        String message = metric + ", " + bits + " bits: " + expected + ", assumed " + found;
        assertTrue(message, found < 2 * expected && found > expected / 1.5);
      }
    }
  }

  public void testCanQuantize() {
    for (VectorMetric metric : VectorMetric.values()) {
      assertEquals(metric != VectorMetric.HAMMING, CodeModel.canQuantize(metric));
    }
  }

  public void testRamBytesUsed() {
    CodeModel none = randomModel(VectorMetric.EUCLIDEAN, 100, 0);
    CodeModel five = randomModel(VectorMetric.EUCLIDEAN, 100, 5);
    assertTrue(none.ramBytesUsed() >= 400 && none.ramBytesUsed() < 500);
    assertEquals(none.ramBytesUsed() + 5 * 400, five.ramBytesUsed());
    CodeModel levels = randomModel(VectorMetric.MANHATTAN, 100, 0);
    assertEquals(2 * none.ramBytesUsed(), levels.ramBytesUsed());
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.codes.CodeLayout.Kind;
import org.lucenelmdb.internal.codes.CodeSample.Variant;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.store.PackedTable;
import org.lucenelmdb.internal.vectors.VectorBlocksWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Reads codes of version 1 of the file format. {@link TestBuiltCodes} reads current ones. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestCodes extends LuceneTestCase {

  private static final int VERSION = 1;

  private static Variant variant(VectorMetric metric, int bits) {
    Kind kind = metric == VectorMetric.MANHATTAN ? Kind.LEVELS : Kind.INTERVALS;
    return new Variant(metric, kind, bits, 4, 0);
  }

  /** Writes the metadata of codes up to the blocks. */
  private static void writeModel(IndexOutput meta, CodeModel model, float oversampling)
      throws IOException {
    meta.writeByte((byte) model.layout().bits());
    meta.writeInt(Float.floatToIntBits(oversampling));
    for (float x : model.mean()) {
      meta.writeInt(Float.floatToIntBits(x));
    }
    if (model.metric() == VectorMetric.MANHATTAN) {
      for (float x : model.deviations()) {
        meta.writeInt(Float.floatToIntBits(x));
      }
    }
  }

  public void testRead() throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (int bits : CodeVectors.BITS) {
        int size = TestUtil.nextInt(random(), 1, 200);
        int dimension = TestUtil.nextInt(random(), 1, 200);
        float[][] vectors =
            CodeVectors.vectors(random(), metric, size, dimension, VectorEncoding.FLOAT32);
        float[] target = CodeVectors.vector(random(), dimension, VectorEncoding.FLOAT32);
        checkRead(new CodeSample(random(), variant(metric, bits), vectors, target));
      }
    }
  }

  private static void checkRead(CodeSample sample) throws IOException {
    CodeModel model = sample.model;
    CodeLayout layout = model.layout();
    int size = sample.records.length;
    try (Directory directory =
            random().nextBoolean()
                ? new MMapDirectory(createTempDir())
                : new NIOFSDirectory(createTempDir());
        ImageWriter image = ImageWriter.create(directory, "codes")) {
      VectorBlocksWriter blocks =
          new VectorBlocksWriter(
              () -> image,
              CodesWriter.DATABASE,
              3,
              layout.recordBytes(),
              QuantizedQuery.SLACK_BYTES);
      for (int node = 0; node < size; node++) {
        blocks.add(sample.records[size - 1 - node]);
      }
      blocks.finish();
      image.commit();
      try (IndexOutput out = directory.createOutput("image", IOContext.DEFAULT)) {
        image.copyTo(out, () -> {});
      }
      try (IndexInput in = directory.openInput("image", IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, in.length());
        try (IndexOutput meta = directory.createOutput("meta", IOContext.DEFAULT)) {
          writeModel(meta, model, 2);
          blocks.blocks().write(meta);
          PackedTable.Writer table = new PackedTable.Writer(meta, size, size - 1);
          for (int ord = 0; ord < size; ord++) {
            table.add(size - 1 - ord);
          }
          table.finish();
        }
        try (IndexInput meta = directory.openInput("meta", IOContext.DEFAULT)) {
          Codes codes =
              Codes.read(
                  meta, size, layout.dimension(), model.metric(), reader.usedLength(), VERSION);
          assertEquals(meta.length(), meta.getFilePointer());
          assertEquals(layout, codes.model().layout());
          // version 1 recorded its default like a chosen value
          assertEquals(Oversampling.ADAPTIVE, codes.oversampling());
          assertTrue(codes.model().error() > 0);
          codes.checkedOrder(in, meta);
          SegmentCodeScorer scorer = codes.scorer(in);
          assertEquals("the resource of exceptions", in.toString(), scorer.toString());
          scorer.setTarget(sample.target);
          int[] nodes = new int[size];
          for (int ord = 0; ord < size; ord++) {
            nodes[ord] = size - 1 - ord;
          }
          scorer.prefetch(nodes, size);
          float[] scores = new float[size];
          scorer.score(size, scores);
          assertArrayEquals(sample.scores(), scores, 0f);
          for (int ord = 0; ord < size; ord++) {
            double scale = sample.query.errorScale(sample.records[ord], scores[ord]);
            double expected = codes.model().error() * scale;
            assertEquals(expected, scorer.error(nodes[ord], scores[ord]), 1e-6 * expected);
          }
        }
      }
    }
  }

  private static void checkCorrupt(float oversampling, CodeModel model, String... expected)
      throws IOException {
    try (Directory directory = new ByteBuffersDirectory()) {
      try (IndexOutput meta = directory.createOutput("meta", IOContext.DEFAULT)) {
        writeModel(meta, model, oversampling);
      }
      try (IndexInput meta = directory.openInput("meta", IOContext.DEFAULT)) {
        CorruptIndexException e =
            expectThrows(
                CorruptIndexException.class,
                () ->
                    Codes.read(
                        meta, 5, model.layout().dimension(), model.metric(), 1 << 20, VERSION));
        for (String text : expected) {
          assertTrue(e.getMessage(), e.getMessage().contains(text));
        }
      }
    }
  }

  public void testCorrupt() throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (float wrong : List.of(Float.NaN, 1f / 0, -1f / 0)) {
        float[][] vectors = CodeVectors.vectors(random(), metric, 5, 7, VectorEncoding.FLOAT32);
        CodeModel model = CodeSample.model(random(), variant(metric, 2), vectors);
        checkCorrupt(wrong, model, "oversampling", "found " + wrong);
        int i = random().nextInt(7);
        model.mean()[i] = wrong;
        checkCorrupt(1, model, "centroid", "found " + wrong, "dimension " + i);
        if (metric == VectorMetric.MANHATTAN) {
          model.mean()[i] = 0;
          model.deviations()[i] = wrong;
          checkCorrupt(1, model, "deviation", "found " + wrong, "dimension " + i);
        }
      }
      float[][] vectors = CodeVectors.vectors(random(), metric, 5, 7, VectorEncoding.FLOAT32);
      CodeModel model = CodeSample.model(random(), variant(metric, 2), vectors);
      for (float wrong : new float[] {0, 0.9f, -1, 1001}) {
        checkCorrupt(wrong, model, "oversampling should be from 1", "found " + wrong);
      }
    }
  }
}

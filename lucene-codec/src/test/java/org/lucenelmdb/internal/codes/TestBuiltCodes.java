/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.build.NodeOrder;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Tests built codes, and that they score like the codes of the segment they are written to. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestBuiltCodes extends LuceneTestCase {

  /** The version of the file format. */
  private static final int VERSION = 2;

  private final MemoryBudget budget = new MemoryBudget(1 << 24);

  @Override
  public void tearDown() throws Exception {
    assertEquals(0, budget.used());
    super.tearDown();
  }

  private static float[] vector(int dimension, VectorEncoding encoding) {
    return CodeVectors.vector(random(), dimension, encoding);
  }

  private static float[][] vectors(int size, int dimension, VectorEncoding encoding) {
    float[][] vectors = new float[size][];
    Arrays.setAll(vectors, ord -> vector(dimension, encoding));
    return vectors;
  }

  /** A model that uses all features, whether or not they make it better. */
  private static CodeModel model(float[][] vectors, VectorMetric metric, int bits) {
    CodeLayout.Kind kind = CodeLayout.of(1, 1, metric).kind();
    int queryBits = random().nextBoolean() ? 4 : 8;
    int centroids = kind == CodeLayout.Kind.LEVELS ? 0 : random().nextInt(4);
    return CodeSample.model(
            random(), new CodeSample.Variant(metric, kind, bits, queryBits, centroids), vectors)
        .withMeasures(random().nextFloat(), 10 + random().nextInt(900));
  }

  private BuildMemory memory(int size, CodeModel model) throws IOException {
    return budget.take(BuiltCodes.memoryBytes(size, model.layout()), () -> {});
  }

  private static byte[][] records(BuiltCodes codes) {
    byte[][] records = new byte[codes.size()][codes.model().layout().recordBytes()];
    for (int ord = 0; ord < records.length; ord++) {
      codes.read(ord, records[ord]);
    }
    return records;
  }

  /** Checks that the records are those of the quantizer. */
  private static void checkRecords(String message, BuiltCodes codes, float[][] vectors) {
    CodeQuantizer quantizer = new CodeQuantizer(codes.model());
    byte[][] records = records(codes);
    assertEquals(message, vectors.length, records.length);
    for (int ord = 0; ord < records.length; ord++) {
      assertArrayEquals(message, quantizer.record(vectors[ord], ord), records[ord]);
    }
  }

  /** A graph with one level and random links. */
  private static HnswGraph graph(int size) {
    int[][] links = new int[size][];
    for (int node = 0; node < size; node++) {
      links[node] = random().ints(random().nextInt(10), 0, size).toArray();
    }
    int entryNode = random().nextInt(size);
    return new HnswGraph() {
      private int[] current;
      private int upTo;

      @Override
      public void seek(int level, int target) {
        current = links[target];
        upTo = 0;
      }

      @Override
      public int nextNeighbor() {
        return upTo < current.length ? current[upTo++] : NO_MORE_DOCS;
      }

      @Override
      public int neighborCount() {
        return current.length;
      }

      @Override
      public int size() {
        return size;
      }

      @Override
      public int numLevels() {
        return 1;
      }

      @Override
      public int maxConn() {
        return UNKNOWN_MAX_CONN;
      }

      @Override
      public int entryNode() {
        return entryNode;
      }

      @Override
      public NodesIterator getNodesOnLevel(int level) {
        return new DenseNodesIterator(size);
      }
    };
  }

  private static float[] scores(BuiltCodes codes, float[] target, int[] ords) throws IOException {
    CodeScorer scorer = codes.scorer();
    scorer.setTarget(vector(target.length, VectorEncoding.FLOAT32)); // an earlier query
    scorer.setTarget(target);
    scorer.prefetch(ords, ords.length);
    float[] scores = new float[ords.length + 1];
    scores[ords.length] = 42;
    scorer.score(ords.length, scores);
    assertEquals(42, scores[ords.length], 0f);
    return Arrays.copyOf(scores, ords.length);
  }

  /** Writes codes to an image and their metadata to a file, and checks both. */
  private void checkWritten(
      String message, BuiltCodes codes, NodeOrdinals order, BuildMemory memory, float[] target)
      throws IOException {
    int size = codes.size();
    CodeModel model = codes.model();
    int[] ords = random().ints(1 + random().nextInt(2 * size), 0, size).toArray();
    float[] expected = scores(codes, target, ords);
    int[] ordinals = new int[size];
    for (int node = 0; node < size; node++) {
      ordinals[node] = order.ordinal(node);
    }
    byte[][] records = records(codes);
    Oversampling oversampling =
        random().nextBoolean() ? Oversampling.ADAPTIVE : Oversampling.of(1 + random().nextFloat());
    try (Directory directory =
            random().nextBoolean()
                ? new MMapDirectory(createTempDir())
                : new NIOFSDirectory(createTempDir());
        ImageWriter image = ImageWriter.create(directory, "codes")) {
      CodesWriter writer =
          CodesWriter.writeImage(image, 7, codes, order, oversampling, CodeVectors.oneThread());
      memory.close(); // writeMeta must read the image only
      expectThrows(AlreadyClosedException.class, () -> scores(codes, target, ords));
      image.commit();
      try (IndexOutput out = directory.createOutput("image", IOContext.DEFAULT)) {
        image.copyTo(out, () -> {});
      }
      try (IndexInput in = directory.openInput("image", IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, in.length());
        try (IndexOutput meta = directory.createOutput("meta", IOContext.DEFAULT)) {
          writer.writeMeta(meta, reader, CodeVectors.oneThread());
        }
        assertEquals(message, 0, budget.used());
        try (IndexInput meta = directory.openInput("meta", IOContext.DEFAULT)) {
          int dimension = target.length;
          VectorMetric metric = model.metric();
          Codes read = Codes.read(meta, size, dimension, metric, reader.usedLength(), VERSION);
          assertEquals(message, meta.length(), meta.getFilePointer());
          assertEquals(message, oversampling, read.oversampling());
          checkModel(message, model, read.model());
          assertTrue(message, read.initialOversampling() >= 1);
          assertTrue(message, read.byteSize() >= (long) size * model.layout().recordBytes());
          NodeOrdinals checked = read.checkedOrder(in, meta);
          for (int node = 0; node < size; node++) {
            assertEquals(message, ordinals[node], checked.ordinal(node));
            assertEquals(message, node, checked.node(ordinals[node]));
            byte[] record = new byte[records[0].length];
            in.seek(read.blocks().address(node));
            in.readBytes(record, 0, record.length);
            assertArrayEquals(message, records[ordinals[node]], record);
          }
          SegmentCodeScorer input = read.scorer(in);
          input.setTarget(target);
          int[] nodes = new int[ords.length];
          for (int i = 0; i < nodes.length; i++) {
            nodes[i] = checked.node(ords[i]);
          }
          input.prefetch(nodes, nodes.length);
          float[] scores = new float[nodes.length];
          input.score(nodes.length, scores);
          assertArrayEquals(message, scores, expected, 0f);
          QuantizedQuery query = QuantizedQuery.create(model);
          query.setTarget(target);
          for (int i = 0; i < nodes.length; i++) {
            double scale = query.errorScale(records[ords[i]], scores[i]);
            double error = input.error(nodes[i], scores[i]);
            assertEquals(message, model.error() * scale, error, 1e-6 * error);
          }
        }
      }
    }
  }

  private static void checkModel(String message, CodeModel expected, CodeModel found) {
    assertEquals(message, expected.layout(), found.layout());
    assertEquals(message, expected.metric(), found.metric());
    assertEquals(message, expected.queryBits(), found.queryBits());
    assertEquals(message, expected.error(), found.error(), 0f);
    assertEquals(message, expected.rerankDepth(), found.rerankDepth(), 0f);
    assertArrayEquals(message, expected.mean(), found.mean(), 0f);
    assertEquals(message, expected.deviations() == null, found.deviations() == null);
    if (expected.deviations() != null) {
      assertArrayEquals(message, expected.deviations(), found.deviations(), 0f);
    }
    assertEquals(message, expected.seed(), found.seed());
    assertArrayEquals(message, expected.centroids(), found.centroids());
  }

  public void testCodes() throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (int bits : CodeVectors.BITS) {
        VectorEncoding encoding =
            random().nextBoolean() ? VectorEncoding.BYTE : VectorEncoding.FLOAT32;
        int dimension = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 20 : 400);
        int size = TestUtil.nextInt(random(), 1, 300);
        String message =
            metric + " " + bits + " bits, " + size + " x " + dimension + " " + encoding;
        float[][] vectors = vectors(size, dimension, encoding);
        KnnVectorValues values = CodeVectors.values(vectors, encoding);
        CodeModel model = model(vectors, metric, bits);
        long codesBytes = BuiltCodes.memoryBytes(size, model.layout());
        long bytes = codesBytes + NodeOrder.memoryBytes(size);
        try (BuildMemory memory = budget.take(bytes, () -> {})) {
          BuiltCodes codes = BuiltCodes.build(values, model, memory, CodeVectors.oneThread());
          checkRecords(message, codes, vectors);
          NodeOrdinals order =
              random().nextInt(4) == 0
                  ? NodeOrdinals.IDENTITY
                  : NodeOrder.of(graph(size), memory, CodeVectors.oneThread());
          checkWritten(message, codes, order, memory, vector(dimension, encoding));
        }
      }
    }
  }

  /** Codes that fill more than one block of the image. */
  public void testSeveralBlocks() throws IOException {
    int dimension = 2000;
    int size = 500;
    VectorMetric metric = CodeVectors.METRICS[random().nextInt(CodeVectors.METRICS.length)];
    float[][] vectors = vectors(size, dimension, VectorEncoding.FLOAT32);
    KnnVectorValues values = CodeVectors.values(vectors, VectorEncoding.FLOAT32);
    CodeModel model = model(vectors, metric, 8);
    long bytes = BuiltCodes.memoryBytes(size, model.layout()) + NodeOrder.memoryBytes(size);
    try (BuildMemory memory = budget.take(bytes, () -> {})) {
      BuiltCodes codes = BuiltCodes.build(values, model, memory, CodeVectors.oneThread());
      NodeOrdinals order = NodeOrder.of(graph(size), memory, CodeVectors.oneThread());
      checkWritten("", codes, order, memory, vector(dimension, VectorEncoding.FLOAT32));
    }
  }

  public void testMemoryBytes() throws IOException {
    int dimension = TestUtil.nextInt(random(), 1, 300);
    int size = TestUtil.nextInt(random(), 1, 50);
    float[][] vectors = vectors(size, dimension, VectorEncoding.FLOAT32);
    KnnVectorValues values = CodeVectors.values(vectors, VectorEncoding.FLOAT32);
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (int bits : CodeVectors.BITS) {
        CodeModel model = model(vectors, metric, bits);
        long bytes = BuiltCodes.memoryBytes(size, model.layout());
        try (BuildMemory memory = budget.take(bytes, () -> {})) {
          BuiltCodes codes = BuiltCodes.build(values, model, memory, CodeVectors.oneThread());
          expectThrows(IllegalStateException.class, () -> memory.allocate(1));
          // scoring may read beyond the last record
          scores(codes, vectors[0], new int[] {size - 1});
        }
        try (BuildMemory memory = budget.take(bytes - 1, () -> {})) {
          expectThrows(
              IllegalStateException.class,
              () -> BuiltCodes.build(values, model, memory, CodeVectors.oneThread()));
        }
      }
    }
  }

  /** The records do not depend on the number of threads; each copies the vectors. */
  public void testThreads() throws IOException {
    int threads = TestUtil.nextInt(random(), 2, 4);
    ExecutorService executor =
        Executors.newFixedThreadPool(threads, new NamedThreadFactory("codes"));
    try {
      Workers workers =
          new Workers(
              new TaskExecutor(executor),
              threads,
              () -> {},
              (phase, done, total) -> assertEquals("codes", phase));
      for (VectorMetric metric : CodeVectors.METRICS) {
        int bits = CodeVectors.BITS[random().nextInt(CodeVectors.BITS.length)];
        int dimension = TestUtil.nextInt(random(), 1, 200);
        int size = TestUtil.nextInt(random(), 1, 2000);
        float[][] vectors = vectors(size, dimension, VectorEncoding.FLOAT32);
        AtomicInteger copies = new AtomicInteger();
        KnnVectorValues values = new OneBuffer(vectors, dimension, copies);
        CodeModel model = model(vectors, metric, bits);
        try (BuildMemory one = memory(size, model);
            BuildMemory several = memory(size, model)) {
          BuiltCodes expected = BuiltCodes.build(values, model, one, CodeVectors.oneThread());
          assertEquals(1, copies.get());
          BuiltCodes codes = BuiltCodes.build(values, model, several, workers);
          assertTrue(copies.get() >= 2 && copies.get() <= 1 + threads);
          byte[][] records = records(codes);
          assertArrayEquals(records(expected), records);
          checkRecords(metric.toString(), codes, vectors);
        }
      }
    } finally {
      TestUtil.shutdownExecutorService(executor);
    }
  }

  /** Vectors that are read into one array, like those of a file. */
  private static final class OneBuffer extends FloatVectorValues {
    private final float[][] vectors;
    private final int dimension;
    private final AtomicInteger copies;
    private final float[] buffer;

    OneBuffer(float[][] vectors, int dimension, AtomicInteger copies) {
      this.vectors = vectors;
      this.dimension = dimension;
      this.copies = copies;
      this.buffer = new float[dimension];
    }

    @Override
    public float[] vectorValue(int ord) {
      System.arraycopy(vectors[ord], 0, buffer, 0, dimension);
      return buffer;
    }

    @Override
    public FloatVectorValues copy() {
      copies.incrementAndGet();
      return new OneBuffer(vectors, dimension, copies);
    }

    @Override
    public int dimension() {
      return dimension;
    }

    @Override
    public int size() {
      return vectors.length;
    }
  }

  /** Corrupt vectors, which a merged segment may have, get finite corrective terms. */
  public void testVectorsThatAreNotFinite() throws IOException {
    for (VectorMetric metric : CodeVectors.METRICS) {
      for (int bits : CodeVectors.BITS) {
        float[][] vectors = vectors(10, 3, VectorEncoding.FLOAT32);
        CodeModel model = model(vectors, metric, bits);
        byte[][] expected;
        try (BuildMemory memory = memory(10, model)) {
          expected = records(build(vectors, model, memory));
        }
        vectors[3][1] = random().nextBoolean() ? Float.NaN : Float.MAX_VALUE;
        vectors[7][2] = Float.POSITIVE_INFINITY;
        try (BuildMemory memory = memory(10, model)) {
          byte[][] records = records(build(vectors, model, memory));
          for (int ord = 0; ord < 10; ord++) {
            if (ord != 3 && ord != 7) {
              assertArrayEquals(expected[ord], records[ord]);
            } else if (metric != VectorMetric.MANHATTAN) {
              assertTrue(Float.isFinite(CodeSample.view(records[ord]).getFloat(4)));
              assertTrue(Float.isFinite(CodeSample.view(records[ord]).getFloat(8)));
            }
          }
        }
      }
    }
  }

  private static BuiltCodes build(float[][] vectors, CodeModel model, BuildMemory memory)
      throws IOException {
    KnnVectorValues values = CodeVectors.values(vectors, VectorEncoding.FLOAT32);
    return BuiltCodes.build(values, model, memory, CodeVectors.oneThread());
  }

  public void testAborts() throws IOException {
    int size = 1000;
    float[][] vectors = vectors(size, 8, VectorEncoding.FLOAT32);
    KnnVectorValues values = CodeVectors.values(vectors, VectorEncoding.FLOAT32);
    VectorMetric metric = CodeVectors.METRICS[random().nextInt(CodeVectors.METRICS.length)];
    CodeModel model = model(vectors, metric, 1);
    for (int allowed : new int[] {0, 1, random().nextInt(size)}) {
      AtomicInteger left = new AtomicInteger(allowed);
      Workers workers =
          new Workers(
              null,
              1,
              () -> {
                if (left.getAndDecrement() == 0) {
                  throw new MergePolicy.MergeAbortedException("enough");
                }
              },
              (phase, done, total) -> {});
      try (BuildMemory memory = memory(size, model)) {
        expectThrows(
            MergePolicy.MergeAbortedException.class,
            () -> BuiltCodes.build(values, model, memory, workers));
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.ByteVectorValues;
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
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.graph.ImageHnswGraph;
import org.lucenelmdb.graph.NodeOrder;
import org.lucenelmdb.resources.BuildMemory;
import org.lucenelmdb.resources.MemoryBudget;
import org.lucenelmdb.resources.Workers;
import org.lucenelmdb.store.ImageReader;
import org.lucenelmdb.store.ImageWriter;
import org.lucenelmdb.vectors.VectorMetric;

/** Codes while they are built: what is in them, and that they score as those in a segment do. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestBuiltCodes extends LuceneTestCase {

  private static final int[] BITS = {1, 2, 4, 8};

  private static final VectorMetric[] METRICS = {
    VectorMetric.EUCLIDEAN,
    VectorMetric.DOT_PRODUCT,
    VectorMetric.COSINE,
    VectorMetric.MAXIMUM_INNER_PRODUCT,
    VectorMetric.MANHATTAN
  };

  private final MemoryBudget budget = new MemoryBudget(1 << 24);

  @Override
  public void tearDown() throws Exception {
    assertEquals(0, budget.used());
    super.tearDown();
  }

  private static Workers oneThread() {
    return new Workers(null, 1, () -> {}, (phase, done, total) -> {});
  }

  private static float[] vector(int dimension, VectorEncoding encoding) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] =
          encoding == VectorEncoding.BYTE
              ? random().nextInt(256) - 128
              : 0.3f + (float) random().nextGaussian();
    }
    return vector;
  }

  private static List<float[]> vectors(int size, int dimension, VectorEncoding encoding) {
    List<float[]> vectors = new ArrayList<>();
    for (int ord = 0; ord < size; ord++) {
      vectors.add(vector(dimension, encoding));
    }
    return vectors;
  }

  private static KnnVectorValues values(
      List<float[]> vectors, int dimension, VectorEncoding encoding) {
    if (encoding == VectorEncoding.FLOAT32) {
      return FloatVectorValues.fromFloats(vectors, dimension);
    }
    List<byte[]> all = new ArrayList<>();
    for (float[] vector : vectors) {
      byte[] bytes = new byte[dimension];
      for (int i = 0; i < dimension; i++) {
        bytes[i] = (byte) vector[i];
      }
      all.add(bytes);
    }
    return ByteVectorValues.fromBytes(all, dimension);
  }

  private BuildMemory memory(int size, int dimension, int bits, VectorMetric metric)
      throws IOException {
    return budget.take(BuiltCodes.memoryBytes(size, dimension, bits, metric), () -> {});
  }

  private static byte[][] records(BuiltCodes codes) {
    byte[][] records = new byte[codes.size()][codes.layout().recordBytes()];
    for (int ord = 0; ord < records.length; ord++) {
      codes.read(ord, records[ord]);
    }
    return records;
  }

  /** Checks what they are against the definition, which is with what the quantizer is given. */
  private static void checkRecords(
      String message, BuiltCodes codes, List<float[]> vectors, VectorMetric metric) {
    int dimension = vectors.get(0).length;
    double[] means = new double[dimension];
    for (float[] vector : vectors) {
      float[] x =
          metric == VectorMetric.COSINE ? VectorUtil.l2normalize(vector.clone(), false) : vector;
      for (int i = 0; i < dimension; i++) {
        means[i] += x[i] / (double) vectors.size();
      }
    }
    for (int i = 0; i < dimension; i++) {
      assertEquals(message, means[i], codes.centroid()[i], 1e-6 * (1 + Math.abs(means[i])));
    }
    assertEquals(message, metric == VectorMetric.MANHATTAN, codes.deviations() != null);
    for (int i = 0; codes.deviations() != null && i < dimension; i++) {
      double squares = 0;
      for (float[] vector : vectors) {
        squares += Math.pow((double) vector[i] - codes.centroid()[i], 2) / vectors.size();
      }
      assertEquals(
          message, Math.sqrt(squares), codes.deviations()[i], 1e-6 * (1 + Math.sqrt(squares)));
    }
    CodeQuantizer quantizer =
        new CodeQuantizer(codes.layout(), metric, codes.centroid(), codes.deviations());
    byte[][] records = records(codes);
    assertEquals(message, vectors.size(), records.length);
    for (int ord = 0; ord < records.length; ord++) {
      assertArrayEquals(message, quantizer.record(vectors.get(ord), ord), records[ord]);
    }
  }

  /** A graph of level 0 with random links, whose order is one of many. */
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
    CodesScorer scorer = codes.open();
    scorer.setTarget(vector(target.length, VectorEncoding.FLOAT32)); // another one before
    scorer.setTarget(target);
    scorer.touch(ords, ords.length);
    float[] scores = new float[ords.length + 1];
    scores[ords.length] = 42;
    scorer.score(ords.length, scores);
    assertEquals(42, scores[ords.length], 0f);
    return Arrays.copyOf(scores, ords.length);
  }

  private static boolean hasEstimates(BuiltCodes codes) {
    return codes.layout().isManhattan() == false && codes.layout().bits() < 8;
  }

  private static float[] estimates(BuiltCodes codes, float[] target, int[] ords) {
    CodeQuery query = codes.query();
    query.set(target);
    long[] addresses = new long[ords.length];
    Arrays.setAll(addresses, i -> codes.address(ords[i]));
    float[] estimates = new float[ords.length];
    query.estimate(codes.records(), addresses, ords.length, estimates);
    return estimates;
  }

  /** Writes codes into an image and what is said of them into a file, and checks both. */
  private void checkWritten(
      String message,
      BuiltCodes codes,
      NodeOrder order,
      BuildMemory memory,
      VectorMetric metric,
      float[] target)
      throws IOException {
    int size = codes.size();
    int dimension = target.length;
    int[] ords = random().ints(1 + random().nextInt(2 * size), 0, size).toArray();
    float[] expected = scores(codes, target, ords);
    float[] estimates = hasEstimates(codes) ? estimates(codes, target, ords) : null;
    int[] ordinals = new int[size];
    Arrays.setAll(ordinals, order::ordinal);
    byte[][] records = records(codes);
    float oversampling = 1 + random().nextFloat();
    try (Directory directory =
            random().nextBoolean()
                ? new MMapDirectory(createTempDir())
                : new NIOFSDirectory(createTempDir());
        ImageWriter image = ImageWriter.create(directory, "codes")) {
      CodesWriter writer =
          CodesWriter.writeImage(image, 7, codes, order, oversampling, oneThread());
      memory.close(); // the rest is in the image
      expectThrows(AlreadyClosedException.class, () -> scores(codes, target, ords));
      image.commit();
      try (IndexOutput out = directory.createOutput("image", IOContext.DEFAULT)) {
        image.copyTo(out, () -> {});
      }
      try (IndexInput in = directory.openInput("image", IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, in.length());
        try (IndexOutput meta = directory.createOutput("meta", IOContext.DEFAULT)) {
          writer.writeMeta(meta, reader, budget, oneThread());
        }
        assertEquals(message, 0, budget.used());
        try (IndexInput meta = directory.openInput("meta", IOContext.DEFAULT)) {
          Codes read = Codes.read(meta, size, dimension, metric, reader.usedLength());
          assertEquals(message, meta.length(), meta.getFilePointer());
          assertEquals(message, oversampling, read.oversampling(), 0f);
          assertEquals(message, codes.layout(), read.layout());
          assertArrayEquals(message, codes.centroid(), read.centroid(), 0f);
          if (codes.deviations() != null) {
            assertArrayEquals(message, codes.deviations(), read.deviations(), 0f);
          }
          ImageHnswGraph.Order checked = read.checkedOrder(in, meta);
          for (int node = 0; node < size; node++) {
            assertEquals(message, ordinals[node], checked.ordinal(node));
            assertEquals(message, node, checked.node(ordinals[node]));
            byte[] record = new byte[records[0].length];
            in.seek(read.blocks().address(node));
            in.readBytes(record, 0, record.length);
            assertArrayEquals(message, records[ordinals[node]], record);
          }
          CodesInput input = read.open(in);
          input.setTarget(target);
          int[] nodes = new int[ords.length];
          for (int i = 0; i < nodes.length; i++) {
            nodes[i] = checked.node(ords[i]);
          }
          input.touch(nodes, nodes.length);
          float[] scores = new float[nodes.length];
          input.score(nodes.length, scores);
          assertArrayEquals(message, scores, expected, 0f);
          boolean isMapped = directory instanceof MMapDirectory;
          assertEquals(message, isMapped && estimates != null, input.canEstimate());
          if (input.canEstimate()) {
            input.estimate(nodes.length, scores);
            assertArrayEquals(message, estimates, scores, 0f);
          }
        }
      }
    }
  }

  public void testCodes() throws IOException {
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        VectorEncoding encoding =
            random().nextBoolean() ? VectorEncoding.BYTE : VectorEncoding.FLOAT32;
        int dimension = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 20 : 400);
        int size = TestUtil.nextInt(random(), 1, 300);
        String message =
            metric + " " + bits + " bits, " + size + " x " + dimension + " " + encoding;
        List<float[]> vectors = vectors(size, dimension, encoding);
        KnnVectorValues values = values(vectors, dimension, encoding);
        long codesBytes = BuiltCodes.memoryBytes(size, dimension, bits, metric);
        long bytes = codesBytes + NodeOrder.memoryBytes(size);
        try (BuildMemory memory = budget.take(bytes, () -> {})) {
          BuiltCodes codes = BuiltCodes.build(values, metric, bits, memory, oneThread());
          checkRecords(message, codes, vectors, metric);
          NodeOrder order =
              random().nextInt(4) == 0
                  ? NodeOrder.identity(size)
                  : NodeOrder.of(graph(size), memory, oneThread());
          checkWritten(message, codes, order, memory, metric, vector(dimension, encoding));
        }
      }
    }
  }

  /** More than one block of the image. */
  public void testSeveralBlocks() throws IOException {
    int dimension = 2000;
    int size = 500;
    VectorMetric metric = METRICS[random().nextInt(METRICS.length)];
    List<float[]> vectors = vectors(size, dimension, VectorEncoding.FLOAT32);
    KnnVectorValues values = values(vectors, dimension, VectorEncoding.FLOAT32);
    long bytes = BuiltCodes.memoryBytes(size, dimension, 8, metric) + NodeOrder.memoryBytes(size);
    try (BuildMemory memory = budget.take(bytes, () -> {})) {
      BuiltCodes codes = BuiltCodes.build(values, metric, 8, memory, oneThread());
      NodeOrder order = NodeOrder.of(graph(size), memory, oneThread());
      checkWritten("", codes, order, memory, metric, vector(dimension, VectorEncoding.FLOAT32));
    }
  }

  public void testMemoryBytes() throws IOException {
    int dimension = TestUtil.nextInt(random(), 1, 300);
    int size = TestUtil.nextInt(random(), 1, 50);
    List<float[]> vectors = vectors(size, dimension, VectorEncoding.FLOAT32);
    KnnVectorValues values = values(vectors, dimension, VectorEncoding.FLOAT32);
    for (VectorMetric metric : METRICS) {
      for (int bits : BITS) {
        long bytes = BuiltCodes.memoryBytes(size, dimension, bits, metric);
        try (BuildMemory memory = budget.take(bytes, () -> {})) {
          BuiltCodes codes = BuiltCodes.build(values, metric, bits, memory, oneThread());
          expectThrows(IllegalStateException.class, () -> memory.allocate(1)); // all is taken
          // a score may read behind the last record
          scores(codes, vectors.get(0), new int[] {size - 1});
        }
        try (BuildMemory memory = budget.take(bytes - 1, () -> {})) {
          expectThrows(
              IllegalStateException.class,
              () -> BuiltCodes.build(values, metric, bits, memory, oneThread()));
        }
      }
    }
  }

  /** Any number of threads makes the same bytes; each has its own copy of the vectors. */
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
      for (VectorMetric metric : METRICS) {
        int bits = BITS[random().nextInt(BITS.length)];
        int dimension = TestUtil.nextInt(random(), 1, 200);
        int size = TestUtil.nextInt(random(), 1, 2000);
        List<float[]> vectors = vectors(size, dimension, VectorEncoding.FLOAT32);
        AtomicInteger copies = new AtomicInteger();
        KnnVectorValues values = new OneBuffer(vectors, dimension, copies);
        try (BuildMemory one = memory(size, dimension, bits, metric);
            BuildMemory several = memory(size, dimension, bits, metric)) {
          BuiltCodes expected = BuiltCodes.build(values, metric, bits, one, oneThread());
          assertEquals(1, copies.get());
          BuiltCodes codes = BuiltCodes.build(values, metric, bits, several, workers);
          assertTrue(copies.get() >= 2 && copies.get() <= 1 + threads);
          assertArrayEquals(expected.centroid(), codes.centroid(), 0f);
          byte[][] records = records(codes);
          assertArrayEquals(records(expected), records);
          checkRecords(metric.toString(), codes, vectors, metric);
        }
      }
    } finally {
      TestUtil.shutdownExecutorService(executor);
    }
  }

  /** Vectors that are read into one array, as those of a file are. */
  private static final class OneBuffer extends FloatVectorValues {
    private final List<float[]> vectors;
    private final int dimension;
    private final AtomicInteger copies;
    private final float[] buffer;

    OneBuffer(List<float[]> vectors, int dimension, AtomicInteger copies) {
      this.vectors = vectors;
      this.dimension = dimension;
      this.copies = copies;
      this.buffer = new float[dimension];
    }

    @Override
    public float[] vectorValue(int ord) {
      System.arraycopy(vectors.get(ord), 0, buffer, 0, dimension);
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
      return vectors.size();
    }
  }

  /** Damaged vectors of a segment that is merged do not make the centroid useless. */
  public void testVectorsThatAreNotFinite() throws IOException {
    for (VectorMetric metric : METRICS) {
      List<float[]> vectors = vectors(10, 3, VectorEncoding.FLOAT32);
      vectors.get(random().nextInt(10))[1] = random().nextBoolean() ? Float.NaN : Float.MAX_VALUE;
      vectors.get(random().nextInt(10))[2] = Float.POSITIVE_INFINITY;
      try (BuildMemory memory = memory(10, 3, 2, metric)) {
        BuiltCodes codes =
            BuiltCodes.build(
                values(vectors, 3, VectorEncoding.FLOAT32), metric, 2, memory, oneThread());
        for (int i = 0; i < 3; i++) {
          assertTrue(Float.isFinite(codes.centroid()[i]));
          assertTrue(codes.deviations() == null || Float.isFinite(codes.deviations()[i]));
        }
      }
    }
  }

  public void testAborts() throws IOException {
    int size = 1000;
    List<float[]> vectors = vectors(size, 8, VectorEncoding.FLOAT32);
    KnnVectorValues values = values(vectors, 8, VectorEncoding.FLOAT32);
    VectorMetric metric = METRICS[random().nextInt(METRICS.length)];
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
      try (BuildMemory memory = memory(size, 8, 1, metric)) {
        expectThrows(
            MergePolicy.MergeAbortedException.class,
            () -> BuiltCodes.build(values, metric, 1, memory, workers));
      }
    }
  }
}

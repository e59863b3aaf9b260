/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.codes.BuiltCodes;
import org.lucenelmdb.codes.Codes;
import org.lucenelmdb.codes.CodesInput;
import org.lucenelmdb.codes.CodesWriter;
import org.lucenelmdb.graph.CandidateQueue;
import org.lucenelmdb.graph.NodeOrder;
import org.lucenelmdb.resources.BuildMemory;
import org.lucenelmdb.resources.MemoryBudget;
import org.lucenelmdb.resources.Workers;
import org.lucenelmdb.store.ImageReader;
import org.lucenelmdb.store.ImageWriter;
import org.lucenelmdb.vectors.VectorMetric;

/** Scans against the scores of all codes: the same are found, but for what estimates may miss. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestCandidateScan extends LuceneTestCase {

  /** More than one block of a scan. */
  private static final int MANY = 9000;

  private static final VectorMetric[] METRICS = {
    VectorMetric.EUCLIDEAN,
    VectorMetric.DOT_PRODUCT,
    VectorMetric.COSINE,
    VectorMetric.MAXIMUM_INNER_PRODUCT
  };

  private static float[] gaussian(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random().nextGaussian();
    }
    return vector;
  }

  private static float[][] gaussians(int size, int dimension) {
    float[][] vectors = new float[size][];
    Arrays.setAll(vectors, i -> gaussian(dimension));
    return vectors;
  }

  /** Codes in a file, where a node is what its ordinal is. */
  private static final class CodesFile implements Closeable {
    final int size;
    final CodesInput codes;
    private final Directory directory;
    private final IndexInput image;
    private final IndexInput meta;

    /**
     * @param isMapped whether codes can be scored where they lie, and estimated if there are bits
     */
    CodesFile(float[][] vectors, VectorMetric metric, int bits, boolean isMapped)
        throws IOException {
      this.size = vectors.length;
      this.directory =
          isMapped ? new MMapDirectory(createTempDir()) : new NIOFSDirectory(createTempDir());
      MemoryBudget budget = new MemoryBudget(1 << 26);
      Workers oneThread = new Workers(null, 1, () -> {}, (phase, done, total) -> {});
      int dimension = vectors[0].length;
      FloatVectorValues values = FloatVectorValues.fromFloats(Arrays.asList(vectors), dimension);
      long bytes = BuiltCodes.memoryBytes(size, dimension, bits, metric);
      try (BuildMemory memory = budget.take(bytes, () -> {});
          ImageWriter writer = ImageWriter.create(directory, "codes")) {
        BuiltCodes built = BuiltCodes.build(values, metric, bits, memory, oneThread);
        CodesWriter codesWriter =
            CodesWriter.writeImage(writer, 1, built, NodeOrder.identity(size), 2, oneThread);
        writer.commit();
        try (IndexOutput out = directory.createOutput("image", IOContext.DEFAULT)) {
          writer.copyTo(out, () -> {});
        }
        this.image = directory.openInput("image", IOContext.DEFAULT);
        ImageReader reader = new ImageReader(image, 0, image.length());
        try (IndexOutput out = directory.createOutput("meta", IOContext.DEFAULT)) {
          codesWriter.writeMeta(out, reader, budget, oneThread);
        }
        this.meta = directory.openInput("meta", IOContext.DEFAULT);
        Codes read = Codes.read(meta, size, dimension, metric, reader.usedLength());
        this.codes = read.open(image);
      }
    }

    /** The best of some nodes by the scores of all of them, ascending. */
    long[] best(int[] nodes, int count) throws IOException {
      float[] scores = new float[nodes.length];
      codes.touch(nodes, nodes.length);
      codes.score(nodes.length, scores);
      long[] entries = new long[nodes.length];
      Arrays.setAll(entries, i -> CandidateQueue.entry(nodes[i], scores[i]));
      Arrays.sort(entries);
      return Arrays.copyOfRange(entries, Math.max(0, entries.length - count), entries.length);
    }

    @Override
    public void close() throws IOException {
      image.close();
      meta.close();
      directory.close();
    }
  }

  /** Some of the nodes in any order. */
  private static int[] nodes(int size, int count) {
    int[] nodes = new int[size];
    Arrays.setAll(nodes, i -> i);
    for (int i = 0; i < count; i++) {
      int other = TestUtil.nextInt(random(), i, size - 1);
      int node = nodes[other];
      nodes[other] = nodes[i];
      nodes[i] = node;
    }
    return Arrays.copyOf(nodes, count);
  }

  /** Batches of these nodes, which are not always full. */
  private static AcceptedVectors.Batches batches(int[] nodes) {
    boolean full = random().nextBoolean();
    return new AcceptedVectors.Batches() {
      private int next;

      @Override
      public int next(int[] batch) {
        int most = full ? batch.length : 1 + random().nextInt(batch.length);
        int count = Math.min(most, nodes.length - next);
        System.arraycopy(nodes, next, batch, 0, count);
        next += count;
        return count;
      }
    };
  }

  private static KnnCollector patient() {
    return new TopKnnCollector(1, Integer.MAX_VALUE);
  }

  /** What was found, ascending, each of the nodes at most once. */
  private static long[] found(CandidateQueue queue) {
    long[] found = new long[queue.bestSize()];
    Arrays.setAll(found, queue::bestEntry);
    Arrays.sort(found);
    Set<Integer> nodes = new HashSet<>();
    for (long entry : found) {
      assertTrue("twice: " + CandidateQueue.node(entry), nodes.add(CandidateQueue.node(entry)));
    }
    return found;
  }

  /** The part of the expected entries that was found; their scores are those of codes. */
  private static double overlap(long[] expected, long[] found) {
    return Arrays.stream(expected).filter(x -> Arrays.binarySearch(found, x) >= 0).count()
        / (double) expected.length;
  }

  /** Without estimates it is no matter of luck. */
  public void testWithoutEstimates() throws IOException {
    for (int bits : new int[] {1, 2, 4, 8}) {
      VectorMetric metric = METRICS[random().nextInt(METRICS.length)];
      int size = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 300 : MANY);
      int dimension = TestUtil.nextInt(random(), 1, 40);
      boolean isMapped = bits == 8;
      try (CodesFile file = new CodesFile(gaussians(size, dimension), metric, bits, isMapped)) {
        assertFalse(file.codes.canEstimate());
        CandidateQueue queue = new CandidateQueue();
        CandidateScan scan = new CandidateScan(file.codes, queue);
        for (int i = 0; i < 10; i++) {
          file.codes.setTarget(gaussian(dimension));
          int kept = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 20 : size + 5);
          int[] nodes = nodes(size, TestUtil.nextInt(random(), 1, size));
          queue.reset(kept);
          assertEquals(nodes.length, scan.scan(Long.MAX_VALUE, patient(), batches(nodes)));
          assertArrayEquals(
              metric + ", " + bits + " bits, " + kept + " of " + nodes.length,
              file.best(nodes, kept),
              found(queue));
        }
        assertEquals(0, scan.ramBytesUsed());
      }
    }
  }

  /** How much of what scores tell is found by estimates, in one block and in several ones. */
  private static void checkEstimates(int size, int dimension, int bits) throws IOException {
    VectorMetric metric = METRICS[random().nextInt(METRICS.length)];
    try (CodesFile file = new CodesFile(gaussians(size, dimension), metric, bits, true)) {
      assertTrue(file.codes.canEstimate());
      CandidateQueue queue = new CandidateQueue();
      CandidateScan scan = new CandidateScan(file.codes, queue);
      int queries = 20;
      double overlap = 0;
      double overlapOf10 = 0;
      for (int i = 0; i < queries; i++) {
        float[] target = gaussian(dimension);
        for (int j = 0; j < dimension && i % 2 == 0; j++) {
          target[j] *= 30; // scores are very different from those of the query before
        }
        file.codes.setTarget(target);
        int kept = TestUtil.nextInt(random(), 60, 250);
        int[] nodes = nodes(size, size - random().nextInt(size / 20));
        queue.reset(kept);
        assertEquals(nodes.length, scan.scan(Long.MAX_VALUE, patient(), batches(nodes)));
        long[] best = file.best(nodes, kept);
        long[] found = found(queue);
        assertEquals(kept, found.length);
        long[] all = file.best(nodes, nodes.length);
        assertEquals("scores of codes", 1, overlap(found, all), 0);
        overlap += overlap(best, found) / queries;
        overlapOf10 += overlap(Arrays.copyOfRange(best, kept - 10, kept), found) / queries;
      }
      String message =
          (metric + ", " + bits + " bits, " + size + " x " + dimension)
              + (": " + overlap + ", of the best 10 " + overlapOf10);
      assertTrue(message, overlap >= 0.9);
      assertTrue(message, overlapOf10 >= 0.97);
      assertTrue(scan.ramBytesUsed() > 0);
    }
  }

  public void testEstimates() throws IOException {
    checkEstimates(3000, 384, 1);
    checkEstimates(MANY + random().nextInt(8000), 48, 1);
    checkEstimates(MANY + random().nextInt(1000), 32, 2 << random().nextInt(2));
  }

  /** Where estimates are the same and scores are, too, there is a best one all the same. */
  public void testEqualCodes() throws IOException {
    int size = 2000;
    float[][] vectors = new float[size][];
    for (int i = 0; i < size; i++) {
      vectors[i] = new float[] {1, 2, 3, i % 100 == 7 ? 5 : 4};
    }
    try (CodesFile file = new CodesFile(vectors, VectorMetric.EUCLIDEAN, 1, true)) {
      CandidateQueue queue = new CandidateQueue();
      CandidateScan scan = new CandidateScan(file.codes, queue);
      file.codes.setTarget(new float[] {1, 2, 3, 5});
      int[] nodes = nodes(size, size);
      for (int kept : new int[] {1, 10, 50, size / 2, size}) {
        queue.reset(kept);
        scan.scan(Long.MAX_VALUE, patient(), batches(nodes));
        assertArrayEquals(file.best(nodes, kept), found(queue));
      }
    }
  }

  /** Codes of absurdly large vectors may have no score, nor an estimate: they are worst. */
  public void testNoEstimates() throws IOException {
    int size = 3000;
    for (int nth : new int[] {2, 20, 1000}) {
      float[][] vectors = gaussians(size, 16);
      for (int i = random().nextInt(nth); i < size; i += nth) {
        for (int j = 0; j < 16; j++) {
          vectors[i][j] *= 1e37f;
        }
      }
      for (VectorMetric metric : METRICS) {
        try (CodesFile file = new CodesFile(vectors, metric, 1, true)) {
          CandidateQueue queue = new CandidateQueue();
          CandidateScan scan = new CandidateScan(file.codes, queue);
          int[] nodes = nodes(size, size);
          for (int kept : new int[] {30, 100, 1000}) {
            file.codes.setTarget(gaussian(16));
            queue.reset(kept);
            scan.scan(Long.MAX_VALUE, patient(), batches(nodes));
            assertEquals(metric + ", 1 of " + nth, kept, found(queue).length);
          }
        }
      }
    }
  }

  /** As many as may be scanned are, and no others; if there is room for all, all are found. */
  public void testLimits() throws IOException {
    int size = MANY;
    for (int bits : new int[] {1, 8}) {
      try (CodesFile file = new CodesFile(gaussians(size, 8), METRICS[0], bits, true)) {
        CandidateQueue queue = new CandidateQueue();
        CandidateScan scan = new CandidateScan(file.codes, queue);
        for (int i = 0; i < 30; i++) {
          file.codes.setTarget(gaussian(8));
          int[] nodes = nodes(size, size - random().nextInt(100));
          int limit = random().nextInt(random().nextBoolean() ? 600 : size + 10);
          int scanned = Math.min(limit, nodes.length);
          int[] first = Arrays.copyOf(nodes, scanned);
          boolean keepsAll = random().nextBoolean();
          queue.reset(keepsAll ? Math.max(1, scanned + random().nextInt(3)) : 5);
          assertEquals(scanned, scan.scan(limit, patient(), batches(nodes)));
          long[] found = found(queue);
          assertEquals(keepsAll ? scanned : Math.min(5, scanned), found.length);
          assertEquals(1, scanned == 0 ? 1 : overlap(found, file.best(first, scanned)), 0);
        }
        queue.reset(5);
        assertEquals(0, scan.scan(100, patient(), batch -> 0));
        assertEquals(0, queue.bestSize());
      }
    }
  }

  /** What was found before counts, as the rest is scanned after a walk. */
  public void testAddsToWhatWasFound() throws IOException {
    int size = 3000;
    for (int bits : new int[] {1, 8}) {
      try (CodesFile file = new CodesFile(gaussians(size, 64), METRICS[0], bits, true)) {
        CandidateQueue queue = new CandidateQueue();
        CandidateScan scan = new CandidateScan(file.codes, queue);
        double overlap = 0;
        int queries = 10;
        for (int i = 0; i < queries; i++) {
          file.codes.setTarget(gaussian(64));
          int[] nodes = nodes(size, size);
          int before = random().nextInt(size);
          int kept = 100;
          queue.reset(kept);
          for (long entry : file.best(Arrays.copyOf(nodes, before), kept)) {
            queue.keep(entry);
          }
          int[] rest = Arrays.copyOfRange(nodes, before, size);
          assertEquals(rest.length, scan.scan(size, patient(), batches(rest)));
          if (bits == 8) {
            assertArrayEquals(file.best(nodes, kept), found(queue));
          }
          overlap += overlap(file.best(nodes, kept), found(queue)) / queries;
        }
        assertTrue(bits + " bits: " + overlap, overlap >= 0.9);
      }
    }
  }

  /** A collector that has no more time gets nothing new. */
  public void testStops() throws IOException {
    int size = 3000;
    for (int bits : new int[] {1, 8}) {
      try (CodesFile file = new CodesFile(gaussians(size, 8), METRICS[0], bits, true)) {
        file.codes.setTarget(gaussian(8));
        CandidateQueue queue = new CandidateQueue();
        CandidateScan scan = new CandidateScan(file.codes, queue);
        for (int allowed = 0; allowed < 5; allowed++) {
          int patience = allowed;
          int[] asked = new int[1];
          KnnCollector impatient =
              new KnnCollector.Decorator(patient()) {
                @Override
                public boolean earlyTerminated() {
                  return asked[0]++ >= patience;
                }
              };
          queue.reset(10);
          AcceptedVectors.Batches in = batches(nodes(size, size));
          int[] taken = new int[1];
          long scanned =
              scan.scan(
                  Long.MAX_VALUE,
                  impatient,
                  batch -> {
                    assertTrue("after it has said no", asked[0] <= patience);
                    int count = in.next(batch);
                    taken[0] += count;
                    return count;
                  });
          assertEquals(taken[0], scanned);
          assertTrue(scanned < size);
          // estimates alone are no candidates
          assertEquals(bits == 1 ? 0 : Math.min(10, scanned), queue.bestSize());
        }
      }
    }
  }
}

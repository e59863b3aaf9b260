/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.internal.graph.Beam;

/** Scans, compared with the scores of all codes. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestQuantizedScan extends LuceneTestCase {

  private static final int DIMENSION = 8;

  private Candidates candidates;

  private static KnnCollector free() {
    return new TopKnnCollector(10, Integer.MAX_VALUE);
  }

  private static float[] target(float scale) {
    float[] target = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      target[i] = scale * (float) random().nextGaussian();
    }
    return target;
  }

  private static Batches all(int size) {
    FixedBitSet bits = new FixedBitSet(size);
    bits.set(0, size);
    return Batches.of(bits);
  }

  private Set<Long> found() {
    Set<Long> found = new HashSet<>();
    for (int i = 0; i < candidates.beam.collectedCount(); i++) {
      assertTrue(found.add(candidates.beam.collected(i)));
    }
    for (int i = 0; i < candidates.evicted.size(); i++) {
      assertTrue("each once", found.add(candidates.evicted.get(i)));
    }
    return found;
  }

  private static Set<Long> from(long[] entries, double score) {
    Set<Long> from = new HashSet<>();
    for (long entry : entries) {
      if (Beam.score(entry) >= score) {
        from.add(entry);
      }
    }
    return from;
  }

  private void assertBest(long[] entries, int count) {
    long[] sorted = entries.clone();
    Arrays.sort(sorted);
    long[] best = new long[candidates.beam.collectedCount()];
    Arrays.setAll(best, candidates.beam::collected);
    Arrays.sort(best);
    int expected = Math.min(count, sorted.length);
    assertArrayEquals(Arrays.copyOfRange(sorted, sorted.length - expected, sorted.length), best);
  }

  private QuantizedScan begin(SegmentCodeScorer codes, float[] target, int count) {
    codes.setTarget(target);
    candidates = new Candidates(codes);
    candidates.beam.reset(count);
    QuantizedScan scan = new QuantizedScan(codes, candidates, new VisitCounter());
    scan.begin();
    return scan;
  }

  public void testAll() throws IOException {
    int raised = 0;
    for (int size : new int[] {1 + random().nextInt(2000), 40_000, 90_000}) {
      try (CodesGraph graph = new CodesGraph(random(), size, DIMENSION)) {
        for (int i = 0; i < 5; i++) {
          float[] target = target(random().nextBoolean() ? 1 : 5);
          long[] entries = graph.entries(target);
          int count = 1 + random().nextInt(random().nextBoolean() ? 20 : 3000);
          QuantizedScan scan = begin(graph.codes(), target, count);
          assertEquals(size, scan.scan(Long.MAX_VALUE, free(), all(size)));
          assertBest(entries, count);
          assertTrue(found().containsAll(from(entries, scan.floor())));

          if (scan.floor() > Float.NEGATIVE_INFINITY) { // the rest is scanned again
            raised++;
            float floor = scan.floor() - 2 * random().nextFloat();
            assertEquals(size, scan.lowerFloor(floor, free(), all(size)));
            assertEquals(floor, scan.floor(), 0);
            assertTrue(found().containsAll(from(entries, floor)));
            scan.lowerFloor(Float.NEGATIVE_INFINITY, free(), all(size));
          }
          assertEquals(from(entries, Double.NEGATIVE_INFINITY), found());
        }
      }
    }
    assertTrue("some were dropped", raised > 0);
  }

  public void testLimits() throws IOException {
    int size = 3000;
    try (CodesGraph graph = new CodesGraph(random(), size, DIMENSION)) {
      float[] target = target(1);
      long[] entries = graph.entries(target);
      for (int i = 0; i < 50; i++) {
        int limit = random().nextInt(size + 100);
        QuantizedScan scan = begin(graph.codes(), target, 10);
        int expected = Math.min(limit, size);
        assertEquals(expected, scan.scan(limit, free(), all(size)));
        assertEquals(from(Arrays.copyOf(entries, expected), Double.NEGATIVE_INFINITY), found());
      }
    }
  }

  /** A collector that terminates early ends a scan; the candidates so far are kept. */
  public void testEarlyTermination() throws IOException {
    int size = 3000;
    try (CodesGraph graph = new CodesGraph(random(), size, DIMENSION)) {
      float[] target = target(1);
      long[] entries = graph.entries(target);
      for (int i = 0; i < 20; i++) {
        int[] left = {random().nextInt(12)};
        KnnCollector impatient =
            new KnnCollector.Decorator(free()) {
              @Override
              public boolean earlyTerminated() {
                return left[0]-- <= 0;
              }
            };
        QuantizedScan scan = begin(graph.codes(), target, 10);
        int scanned = (int) scan.scan(Long.MAX_VALUE, impatient, all(size));
        assertTrue(scanned < size);
        assertEquals(from(Arrays.copyOf(entries, scanned), Double.NEGATIVE_INFINITY), found());
        assertEquals("no more", 0, scan.lowerFloor(-1e9f, impatient, all(size)));
      }
    }
  }

  /** Distances so large that floats hardly distinguish them. */
  public void testHugeTarget() throws IOException {
    int size = 500;
    try (CodesGraph graph = new CodesGraph(random(), size, DIMENSION)) {
      float[] target = target(1e18f);
      long[] entries = graph.entries(target);
      QuantizedScan scan = begin(graph.codes(), target, 20);
      assertEquals(size, scan.scan(Long.MAX_VALUE, free(), all(size)));
      assertBest(entries, 20);
      assertEquals(size, found().size());
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswSearchListener;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Every benchmark runs, and those that are compared compute the same. */
@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestHops extends LuceneTestCase {

  private static final int NODES = 700;
  private static final int DIMENSION = 64;
  private static final int CODES = HopCodes.DISTINCT + 100;
  private static final int LISTS = 50;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    System.setProperty(Indexes.DIRECTORY, createTempDir().toString());
  }

  @Override
  public void tearDown() throws Exception {
    System.clearProperty(Indexes.DIRECTORY);
    super.tearDown();
  }

  public void testEachRuns() throws RunnerException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .forks(0)
                    .warmupIterations(0)
                    .measurementIterations(1)
                    .measurementTime(TimeValue.milliseconds(1))
                    .param("nodes", "" + NODES)
                    .param("dimension", "" + DIMENSION)
                    .param("codes", "" + CODES)
                    .param("lists", "" + LISTS)
                    .param("results", "10")
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .build())
            .run();
    Set<String> all =
        BenchmarkList.defaultList()
            .getAll(OutputFormatFactory.createFormatInstance(null, VerboseMode.SILENT), List.of())
            .stream()
            .map(BenchmarkListEntry::getUsername)
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(all.toString(), all.size() > 20);
    Set<String> measured = new TreeSet<>();
    for (RunResult result : results) {
      measured.add(result.getParams().getBenchmark());
      assertTrue(result.toString(), result.getPrimaryResult().getScore() > 0);
    }
    assertEquals(all, measured);
  }

  public void testAddressesFindTheSameRecords() throws IOException {
    HopAddress hop = new HopAddress();
    hop.nodes = NODES;
    hop.setUp();
    try {
      for (int node = 0; node < NODES; node++) {
        int length = hop.readByTable(node);
        int offset = hop.records().offset();
        byte[] record = Arrays.copyOfRange(hop.records().bytes(), offset, offset + length);
        assertEquals(length, hop.readByTree(node));
        assertArrayEquals(record, hop.record());
        Arrays.fill(hop.record(), (byte) 0);
        assertEquals(length, hop.readByLmdb(node));
        assertArrayEquals(record, Arrays.copyOf(hop.record(), length));
      }
    } finally {
      hop.tearDown();
    }
  }

  public void testStoresHaveTheSameGraph() throws IOException {
    HopSeek ours = openGraph(Store.LMDB);
    HopSeek lucene = openGraph(Store.LUCENE99);
    try {
      for (int node = 0; node < NODES; node++) {
        assertEquals(lucene.sumOfNeighbors(node), ours.sumOfNeighbors(node));
      }
    } finally {
      ours.tearDown();
      lucene.tearDown();
    }
  }

  private static HopSeek openGraph(Store store) throws IOException {
    HopSeek hop = new HopSeek();
    hop.nodes = NODES;
    hop.store = store;
    hop.setUp();
    return hop;
  }

  /** Decodes the next list into {@link HopEdges#neighbors()}. */
  private interface Decoder {
    int decode(HopEdges hop) throws IOException;
  }

  public void testDecodersAgree() throws IOException {
    for (HopEdges.Placement placement : HopEdges.Placement.values()) {
      assertDecodes(placement, HopEdges::portableRoaring);
      assertDecodes(placement, HopEdges::copiedRoaring);
      assertDecodes(placement, HopEdges::roaringIterator);
      assertDecodes(placement, HopEdges::roaringBatch);
      assertDecodes(placement, HopEdges::groupVarint);
    }
  }

  private static void assertDecodes(HopEdges.Placement placement, Decoder decoder)
      throws IOException {
    HopEdges hop = new HopEdges();
    hop.placement = placement;
    hop.lists = LISTS;
    hop.setUp();
    try {
      for (int i = 0; i < 2 * LISTS; i++) {
        Arrays.fill(hop.neighbors(), -1);
        assertEquals(Hop.NEIGHBORS, decoder.decode(hop));
        assertArrayEquals(hop.list(i % LISTS), hop.neighbors());
      }
    } finally {
      hop.tearDown();
    }
  }

  public void testScoresAgree() throws IOException {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      HopScoring ours = openVectors(encoding, Store.LMDB);
      HopScoring lucene = openVectors(encoding, Store.LUCENE99);
      try {
        for (int i = 0; i < 5; i++) {
          float[] expected = lucene.bulk().clone();
          assertArrayEquals(expected, ours.bulk(), 1e-5f);
          assertTrue(Arrays.toString(expected), expected[0] > 0);
          expected = lucene.oneByOne().clone();
          assertArrayEquals(expected, ours.oneByOne(), 1e-5f);
        }
        HopScoring bulk = openVectors(encoding, Store.LMDB);
        HopScoring oneByOne = openVectors(encoding, Store.LMDB);
        assertArrayEquals(bulk.bulk(), oneByOne.oneByOne(), 1e-5f);
        bulk.tearDown();
        oneByOne.tearDown();
      } finally {
        ours.tearDown();
        lucene.tearDown();
      }
    }
  }

  private static HopScoring openVectors(VectorEncoding encoding, Store store) throws IOException {
    HopScoring hop = new HopScoring();
    hop.nodes = NODES;
    hop.dimension = DIMENSION;
    hop.encoding = encoding;
    hop.store = store;
    hop.setUp();
    return hop;
  }

  public void testScoresOfCodesAgree() throws IOException {
    HopCodes[] expandedNodes = new HopCodes[4];
    for (int i = 0; i < expandedNodes.length; i++) {
      expandedNodes[i] = new HopCodes();
      expandedNodes[i].codes = CODES;
      expandedNodes[i].dimension = DIMENSION;
      expandedNodes[i].setUp();
    }
    try {
      for (int i = 0; i < 5; i++) {
        float[] expected = expandedNodes[0].lucene();
        assertTrue(Arrays.toString(expected), expected[0] > 0 && expected[0] < 1);
        assertNotEquals(expected[0], expected[1], 0);
        assertArrayEquals(expected, expandedNodes[1].luceneTouched(), 0);
        assertArrayEquals(expected, expandedNodes[2].inPlace(), 1e-5f);
        assertArrayEquals(expected, expandedNodes[3].inPlaceTouched(), 1e-5f);
      }
    } finally {
      for (HopCodes hop : expandedNodes) {
        hop.tearDown();
      }
    }
  }

  public void testQueuesAgree() {
    for (int results : new int[] {10, 100}) {
      HopQueues[] expandedNodes = new HopQueues[3];
      for (int i = 0; i < expandedNodes.length; i++) {
        expandedNodes[i] = new HopQueues();
        expandedNodes[i].results = results;
        expandedNodes[i].setUp();
      }
      for (int i = 0; i < 5; i++) {
        int expected = expandedNodes[0].neighborQueue();
        assertEquals(expected, expandedNodes[1].ternaryLongHeap());
        assertEquals(expected, expandedNodes[2].longHeap());
      }
    }
  }

  public void testVisitedSetsAgree() {
    HopVisited[] expandedNodes = new HopVisited[5];
    for (int i = 0; i < expandedNodes.length; i++) {
      expandedNodes[i] = new HopVisited();
      expandedNodes[i].nodes = NODES;
      expandedNodes[i].setUp();
    }
    for (int i = 0; i < 5; i++) {
      int expected = expandedNodes[0].fixedNew();
      assertTrue("" + expected, expected > NODES / 2 && expected <= NODES);
      assertEquals(expected, expandedNodes[1].fixedCleared());
      assertEquals(expected, expandedNodes[2].fixedUndone());
      assertEquals(expected, expandedNodes[3].sparseNew());
      assertEquals(expected, expandedNodes[4].sparseCleared());
    }
  }

  public void testFiltersAgree() {
    for (double selectivity : new double[] {0.5, 0.01}) {
      HopFilter[] expandedNodes = new HopFilter[5];
      for (int i = 0; i < expandedNodes.length; i++) {
        expandedNodes[i] = new HopFilter();
        expandedNodes[i].nodes = NODES;
        expandedNodes[i].selectivity = selectivity;
        expandedNodes[i].setUp();
      }
      int sum = 0;
      for (int i = 0; i < 20; i++) {
        int expected = expandedNodes[0].ordinals();
        sum += expected;
        int[] counts = {
          expected,
          expandedNodes[1].nodes(),
          expandedNodes[2].roaringContains(),
          expandedNodes[3].roaringAnd(),
          expandedNodes[4].bufferAnd()
        };
        for (int j = 1; j < expandedNodes.length; j++) {
          assertEquals(expected, counts[j]);
          assertArrayEquals(
              Arrays.copyOf(expandedNodes[0].kept(), expected),
              Arrays.copyOf(expandedNodes[j].kept(), expected));
        }
      }
      assertEquals(20 * Hop.NEIGHBORS * selectivity, sum, 20 * Hop.NEIGHBORS / 10.0);
    }
  }

  public void testFilteredSearchesAgree() throws IOException {
    for (double selectivity : new double[] {0.5, 0.1}) {
      Map<LmdbHnswFilterStrategy, Filters> all = new EnumMap<>(LmdbHnswFilterStrategy.class);
      try {
        for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
          Filters filters = new Filters();
          all.put(strategy, filters);
          filters.nodes = NODES;
          filters.dimension = DIMENSION;
          filters.selectivity = selectivity;
          filters.setUp();
        }
        for (int i = 0; i < 5; i++) {
          AtomicLong visits = new AtomicLong();
          AtomicLong expandedNodes = new AtomicLong();
          LmdbHnswSearchListener listener =
              search -> {
                visits.addAndGet(search.visits());
                expandedNodes.addAndGet(search.expandedNodes());
              };
          LmdbHnswFilterStrategy scan = LmdbHnswFilterStrategy.EXHAUSTIVE;
          ScoreDoc expected = all.get(scan).search(scan, listener)[0];
          assertEquals(all.get(scan).accepted().cardinality(), visits.get());
          assertEquals(0, expandedNodes.get());
          for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
            if (strategy != scan) {
              ScoreDoc[] found = all.get(strategy).search(strategy, listener);
              assertEquals(strategy.name(), expected.doc, found[0].doc);
              for (ScoreDoc hit : found) {
                assertTrue(all.get(strategy).accepted().get(hit.doc));
              }
            }
          }
          assertTrue(expandedNodes.get() > 0);
        }
      } finally {
        for (Filters filters : all.values()) {
          filters.tearDown();
        }
      }
    }
  }
}

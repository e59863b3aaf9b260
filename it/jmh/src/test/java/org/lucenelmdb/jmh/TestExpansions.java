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

/** Every benchmark runs, and benchmarks of the same operation compute the same result. */
@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestExpansions extends LuceneTestCase {

  private static final int NODES = 700;
  private static final int DIMENSION = 64;
  private static final int CODES = ExpansionCodes.DISTINCT + 100;
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
    ExpansionAddress expansion = new ExpansionAddress();
    expansion.nodes = NODES;
    expansion.setUp();
    try {
      for (int node = 0; node < NODES; node++) {
        int length = expansion.readByTable(node);
        int offset = expansion.records().offset();
        byte[] record = Arrays.copyOfRange(expansion.records().bytes(), offset, offset + length);
        assertEquals(length, expansion.readByTree(node));
        assertArrayEquals(record, expansion.record());
        Arrays.fill(expansion.record(), (byte) 0);
        assertEquals(length, expansion.readByLmdb(node));
        assertArrayEquals(record, Arrays.copyOf(expansion.record(), length));
      }
    } finally {
      expansion.tearDown();
    }
  }

  public void testStoresHaveTheSameGraph() throws IOException {
    ExpansionSeek ours = openGraph(Store.LMDB);
    ExpansionSeek lucene = openGraph(Store.LUCENE99);
    try {
      for (int node = 0; node < NODES; node++) {
        assertEquals(lucene.sumOfNeighbors(node), ours.sumOfNeighbors(node));
      }
    } finally {
      ours.tearDown();
      lucene.tearDown();
    }
  }

  private static ExpansionSeek openGraph(Store store) throws IOException {
    ExpansionSeek expansion = new ExpansionSeek();
    expansion.nodes = NODES;
    expansion.store = store;
    expansion.setUp();
    return expansion;
  }

  /** Decodes the next list into {@link ExpansionEdges#neighbors()}. */
  private interface Decoder {
    int decode(ExpansionEdges expansion) throws IOException;
  }

  public void testDecodersAgree() throws IOException {
    for (ExpansionEdges.Placement placement : ExpansionEdges.Placement.values()) {
      assertDecodes(placement, ExpansionEdges::portableRoaring);
      assertDecodes(placement, ExpansionEdges::copiedRoaring);
      assertDecodes(placement, ExpansionEdges::roaringIterator);
      assertDecodes(placement, ExpansionEdges::roaringBatch);
      assertDecodes(placement, ExpansionEdges::groupVarint);
    }
  }

  private static void assertDecodes(ExpansionEdges.Placement placement, Decoder decoder)
      throws IOException {
    ExpansionEdges expansion = new ExpansionEdges();
    expansion.placement = placement;
    expansion.lists = LISTS;
    expansion.setUp();
    try {
      for (int i = 0; i < 2 * LISTS; i++) {
        Arrays.fill(expansion.neighbors(), -1);
        assertEquals(Expansion.NEIGHBORS, decoder.decode(expansion));
        assertArrayEquals(expansion.list(i % LISTS), expansion.neighbors());
      }
    } finally {
      expansion.tearDown();
    }
  }

  public void testScoresAgree() throws IOException {
    for (VectorEncoding encoding : VectorEncoding.values()) {
      ExpansionScoring ours = openVectors(encoding, Store.LMDB);
      ExpansionScoring lucene = openVectors(encoding, Store.LUCENE99);
      try {
        for (int i = 0; i < 5; i++) {
          float[] expected = lucene.bulk().clone();
          assertArrayEquals(expected, ours.bulk(), 1e-5f);
          assertTrue(Arrays.toString(expected), expected[0] > 0);
          expected = lucene.oneByOne().clone();
          assertArrayEquals(expected, ours.oneByOne(), 1e-5f);
        }
        ExpansionScoring bulk = openVectors(encoding, Store.LMDB);
        ExpansionScoring oneByOne = openVectors(encoding, Store.LMDB);
        assertArrayEquals(bulk.bulk(), oneByOne.oneByOne(), 1e-5f);
        bulk.tearDown();
        oneByOne.tearDown();
      } finally {
        ours.tearDown();
        lucene.tearDown();
      }
    }
  }

  private static ExpansionScoring openVectors(VectorEncoding encoding, Store store)
      throws IOException {
    ExpansionScoring expansion = new ExpansionScoring();
    expansion.nodes = NODES;
    expansion.dimension = DIMENSION;
    expansion.encoding = encoding;
    expansion.store = store;
    expansion.setUp();
    return expansion;
  }

  public void testScoresOfCodesAgree() throws IOException {
    ExpansionCodes[] benchmarks = new ExpansionCodes[4];
    for (int i = 0; i < benchmarks.length; i++) {
      benchmarks[i] = new ExpansionCodes();
      benchmarks[i].codes = CODES;
      benchmarks[i].dimension = DIMENSION;
      benchmarks[i].setUp();
    }
    try {
      for (int i = 0; i < 5; i++) {
        float[] expected = benchmarks[0].lucene();
        assertTrue(Arrays.toString(expected), expected[0] > 0 && expected[0] < 1);
        assertNotEquals(expected[0], expected[1], 0);
        assertArrayEquals(expected, benchmarks[1].lucenePrefetched(), 0);
        assertArrayEquals(expected, benchmarks[2].inPlace(), 1e-5f);
        assertArrayEquals(expected, benchmarks[3].inPlacePrefetched(), 1e-5f);
      }
    } finally {
      for (ExpansionCodes expansion : benchmarks) {
        expansion.tearDown();
      }
    }
  }

  public void testQueuesAgree() {
    for (int results : new int[] {10, 100}) {
      ExpansionQueues[] benchmarks = new ExpansionQueues[3];
      for (int i = 0; i < benchmarks.length; i++) {
        benchmarks[i] = new ExpansionQueues();
        benchmarks[i].results = results;
        benchmarks[i].setUp();
      }
      for (int i = 0; i < 5; i++) {
        int expected = benchmarks[0].neighborQueue();
        assertEquals(expected, benchmarks[1].ternaryLongHeap());
        assertEquals(expected, benchmarks[2].longHeap());
      }
    }
  }

  public void testVisitedSetsAgree() {
    ExpansionVisited[] benchmarks = new ExpansionVisited[5];
    for (int i = 0; i < benchmarks.length; i++) {
      benchmarks[i] = new ExpansionVisited();
      benchmarks[i].nodes = NODES;
      benchmarks[i].setUp();
    }
    for (int i = 0; i < 5; i++) {
      int expected = benchmarks[0].fixedNew();
      assertTrue("" + expected, expected > NODES / 2 && expected <= NODES);
      assertEquals(expected, benchmarks[1].fixedCleared());
      assertEquals(expected, benchmarks[2].fixedUndone());
      assertEquals(expected, benchmarks[3].sparseNew());
      assertEquals(expected, benchmarks[4].sparseCleared());
    }
  }

  public void testFiltersAgree() {
    for (double selectivity : new double[] {0.5, 0.01}) {
      ExpansionFilter[] benchmarks = new ExpansionFilter[5];
      for (int i = 0; i < benchmarks.length; i++) {
        benchmarks[i] = new ExpansionFilter();
        benchmarks[i].nodes = NODES;
        benchmarks[i].selectivity = selectivity;
        benchmarks[i].setUp();
      }
      int sum = 0;
      for (int i = 0; i < 20; i++) {
        int expected = benchmarks[0].ordinals();
        sum += expected;
        int[] counts = {
          expected,
          benchmarks[1].nodes(),
          benchmarks[2].roaringContains(),
          benchmarks[3].roaringAnd(),
          benchmarks[4].bufferAnd()
        };
        for (int j = 1; j < benchmarks.length; j++) {
          assertEquals(expected, counts[j]);
          assertArrayEquals(
              Arrays.copyOf(benchmarks[0].kept(), expected),
              Arrays.copyOf(benchmarks[j].kept(), expected));
        }
      }
      assertEquals(20 * Expansion.NEIGHBORS * selectivity, sum, 20 * Expansion.NEIGHBORS / 10.0);
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
          LmdbHnswFilterStrategy exhaustive = LmdbHnswFilterStrategy.EXHAUSTIVE;
          ScoreDoc expected = all.get(exhaustive).search(exhaustive, listener)[0];
          assertEquals(all.get(exhaustive).accepted().cardinality(), visits.get());
          assertEquals(0, expandedNodes.get());
          for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
            if (strategy != exhaustive) {
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

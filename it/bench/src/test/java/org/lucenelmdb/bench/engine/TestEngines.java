/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.LibraryThreads;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.data.ClusteredVectors;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.DatasetRequest;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.data.Metric;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.TargetStrategy;

/** Every engine builds an index and finds its vectors. */
@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestEngines extends LuceneTestCase {

  private static final int K = 5;

  private Dataset data(Metric metric) throws IOException {
    int base = 400;
    DatasetRequest request =
        new DatasetRequest(
            new ClusteredVectors(base + 20, 16, 42),
            null,
            base,
            20,
            metric,
            K,
            7,
            null,
            List.of(0.5, 0.1),
            0,
            20,
            null);
    Path directory = createTempDir();
    return Dataset.prepare(request, directory, createTempDir(), done -> {});
  }

  public void testAllFindWhatIsThere() throws IOException {
    for (Metric metric : Metric.values()) {
      Dataset data = data(metric);
      for (String name : Engines.names()) {
        if (metric == Metric.COSINE || random().nextInt(3) == 0) {
          buildAndSearch(Engines.get(name), data);
        }
      }
    }
  }

  private void buildAndSearch(Engine engine, Dataset data) throws IOException {
    String name = engine.info().name();
    Path index = createTempDir().resolve("index");
    int threads = 1 + random().nextInt(2);
    Map<String, Double> figures =
        engine.build(
            data,
            index,
            new BuildParameters(16, 100, 16, threads, random().nextBoolean() ? null : 1),
            done -> {});
    assertTrue(name, figures.get(Figures.BUILD) > 0);
    assertTrue(name, figures.get(Figures.BYTES_PER_VECTOR) > data.dimension() * Float.BYTES);
    assertEquals(name, 0, figures.getOrDefault(Figures.UNREACHABLE, 0.0), 0);
    // traversals by few bits, without reranking, have low recall
    double least = name.matches("lucene104-[124]") ? 0.3 : 0.9;
    try (OpenIndex open = engine.open(data, index);
        Searcher searcher = open.searcher()) {
      for (String strategy : engine.strategies()) {
        double recall = recall(searcher, data, null, strategy);
        assertTrue(name + " " + strategy + ": " + recall, recall >= least);
        for (Filter filter : data.filters()) {
          recall = recall(searcher, data, filter, strategy);
          assertTrue(name + " " + strategy + " filtered: " + recall, recall >= least);
        }
      }
      assertEquals(name, name.startsWith("ours"), engine.takesTargets());
      if (engine.takesTargets()) {
        assertReached(searcher, data, 0.95);
      }
    }
  }

  private static void assertReached(Searcher searcher, Dataset data, double target)
      throws IOException {
    String strategy = TargetStrategy.of(target);
    double recall = recall(searcher, data, null, strategy);
    assertTrue(strategy + ": " + recall, recall >= target - 0.1);
    Map<String, Double> figures =
        searcher.explain(data.queries()[0], K, K, null, TargetStrategy.of(target));
    double expected = figures.get(Figures.EXPECTED_RECALL);
    assertTrue(strategy + ": " + expected, expected >= target && expected <= 1);
    assertTrue(figures.toString(), figures.get(Figures.RERANKED) >= K);
  }

  private static double recall(Searcher searcher, Dataset data, Filter filter, String strategy)
      throws IOException {
    int[][] truth = filter == null ? data.truth() : filter.truth();
    int found = 0;
    int wanted = 0;
    for (int i = 0; i < truth.length; i++) {
      float[] query = data.queries()[filter == null ? i : filter.queries()[i]];
      int[] hits = searcher.search(query, K, 200, filter, strategy);
      Set<Integer> distinct = Arrays.stream(hits).boxed().collect(Collectors.toSet());
      assertEquals("no hit twice", hits.length, distinct.size());
      assertTrue(hits.length <= K);
      for (int hit : hits) {
        assertTrue("passes the filter", filter == null || filter.accepted().get(hit));
      }
      Set<Integer> nearest = Arrays.stream(truth[i]).boxed().collect(Collectors.toSet());
      distinct.retainAll(nearest);
      found += distinct.size();
      wanted += nearest.size();
    }
    return (double) found / wanted;
  }

  public void testReplacing() throws IOException {
    Dataset data = data(Metric.COSINE);
    for (String name : List.of("ours", "lucene99")) {
      LuceneEngine engine = (LuceneEngine) Engines.get(name);
      Path path = createTempDir().resolve("index");
      try (LuceneIndex index =
          engine.create(data, path, new BuildParameters(16, 100, 16, 1, null))) {
        index.build(done -> {});
        for (int i = 0; i < 30; i++) {
          index.replace(random().nextInt(data.count()));
        }
        index.merge();
        try (OpenIndex open = engine.open(data, path);
            Searcher searcher = open.searcher()) {
          assertTrue(recall(searcher, data, null, Engine.DEFAULT_STRATEGY) >= 0.9);
        }
      }
    }
  }

  public void testParse() throws IOException {
    List<Engine> chosen = Engines.parse("lucene99, ours,lucene99");
    assertEquals(List.of("lucene99", "ours"), chosen.stream().map(c -> c.info().name()).toList());
    BadDataException e = expectThrows(BadDataException.class, () -> Engines.parse("ours,nobody"));
    assertTrue(e.getMessage(), e.getMessage().contains("'nobody'"));
    assertTrue(e.getMessage(), e.getMessage().contains("lucene104-1+rescore"));
  }

  public void testNamesAreUnique() {
    Set<String> labels = new HashSet<>();
    for (String name : Engines.names()) {
      assertEquals(name, Engines.get(name).info().name());
      assertTrue(name, labels.add(Engines.get(name).info().label()));
    }
  }
}

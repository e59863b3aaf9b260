/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.memory.MemoryLimit;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * The real programs, with {@code -Dtests.external=true}: they are downloaded and compiled, which
 * needs a network connection, Python, Rust and compilers.
 */
public class TestExternalPrograms extends LuceneTestCase {

  private static final int COUNT = 2000;

  private final List<Double> progress = new ArrayList<>();

  @Override
  public void setUp() throws Exception {
    super.setUp();
    assumeTrue("-Dtests.external=true", Boolean.getBoolean("tests.external"));
  }

  private ExternalTools prepare(Path directory, List<String> steps) throws IOException {
    return ExternalTools.prepare(
        Sources.directory(),
        directory,
        EnumSet.allOf(ExternalEngine.class),
        MemoryLimit.NONE,
        steps::add);
  }

  public void testAllOfThem() throws IOException {
    Path directory = createTempDir();
    List<String> steps = new ArrayList<>();
    prepare(directory, steps);
    assertEquals(
        List.of(
            "python3 -m venv",
            "pip install faiss-cpu",
            "pip install hnswlib",
            "cargo build hannoy-bench"),
        steps);
    steps.clear();
    ExternalTools tools = prepare(directory, steps);
    assertEquals(List.of("cargo build hannoy-bench"), steps);

    for (String metric : List.of("cosine", "dot", "euclidean")) {
      Path data = createTempDir();
      PreparedData.write(data, metric, COUNT, 40, 24, random());
      for (ExternalEngine engine : ExternalEngine.values()) {
        Path index = data.resolve(engine.info().name());
        assertBuilds(tools, engine, data, index);
        assertSearches(tools, engine, data, index);
        assertRejects(tools, engine, data);
      }
    }
  }

  private void assertBuilds(ExternalTools tools, ExternalEngine engine, Path data, Path index)
      throws IOException {
    progress.clear();
    ExternalBuild build = new ExternalBuild(data, index, 1, 16, 100, 2);
    List<Sample> samples = tools.build(engine, build, progress::add);
    assertEquals(1, samples.size());
    Sample sample = samples.get(0);
    assertEquals(Measure.BUILD, sample.measure());
    assertEquals(engine.info().name(), sample.engine());
    assertEquals(1, sample.round());
    assertEquals(COUNT, sample.vectors());
    assertEquals(Integer.valueOf(2), sample.threads());
    assertTrue(sample.value(Figures.BUILD) > 0);
    assertEquals(sample.value(Figures.BUILD), sample.value(Figures.ADD), 0);
    assertTrue(sample.value(Figures.BYTES) > COUNT * 24);
    assertEquals(sample.value(Figures.BYTES) / COUNT, sample.value(Figures.BYTES_PER_VECTOR), 1e-6);
    double graph = sample.value(Figures.GRAPH_PER_VECTOR);
    assertTrue(sample.toString(), graph > 40 && graph < 200);
    assertEquals(1.0, progress.get(progress.size() - 1), 0);
    assertTrue(Files.exists(index));
  }

  private void assertSearches(ExternalTools tools, ExternalEngine engine, Path data, Path index)
      throws IOException {
    progress.clear();
    ExternalSearch search =
        new ExternalSearch(data, index, 1, List.of(10, 200), List.of(1, 2), 2, 0.1);
    List<Sample> samples = tools.search(engine, search, progress::add);
    assertEquals(List.of(0.25, 0.5, 0.75, 1.0), progress);
    assertEquals(4, samples.size());
    for (int i = 0; i < 4; i++) {
      Sample sample = samples.get(i);
      assertEquals(Measure.SEARCH, sample.measure());
      assertEquals(Integer.valueOf(i % 2 == 0 ? 10 : 200), sample.ef());
      assertEquals(Integer.valueOf(i / 2 + 1), sample.threads());
      assertTrue(sample.toString(), sample.value(Figures.RECALL) > (i % 2 == 0 ? 0.3 : 0.9));
      assertTrue(sample.value(Figures.RATE) > 0);
      assertEquals(0, sample.value(Figures.SHORT), 0);
      if (i < 2) {
        assertTrue(sample.value(Figures.P50) <= sample.value(Figures.P99));
      }
    }
  }

  private void assertRejects(ExternalTools tools, ExternalEngine engine, Path data) {
    Path index = data.resolve("missing");
    ExternalSearch search = new ExternalSearch(data, index, 1, List.of(10), List.of(1), 1, 0);
    ExternalException e =
        expectThrows(ExternalException.class, () -> tools.search(engine, search, progress::add));
    assertTrue(e.getMessage(), e.getMessage().endsWith("no such index; build it first"));
    assertEquals(1, e.getMessage().lines().count());
  }
}

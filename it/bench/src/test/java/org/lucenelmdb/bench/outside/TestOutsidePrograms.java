/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.outside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * The programs themselves, with {@code -Dtests.outside=true}: they are downloaded and compiled, for
 * which not every machine has a connection, Python, Rust and compilers.
 */
public class TestOutsidePrograms extends LuceneTestCase {

  private static final int COUNT = 2000;

  private final List<Double> progress = new ArrayList<>();

  @Override
  public void setUp() throws Exception {
    super.setUp();
    assumeTrue("-Dtests.outside=true", Boolean.getBoolean("tests.outside"));
  }

  private OutsideTools prepare(Path directory, List<String> steps) throws IOException {
    return OutsideTools.prepare(
        Sources.directory(), directory, EnumSet.allOf(OutsideContestant.class), steps::add);
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
    OutsideTools tools = prepare(directory, steps);
    assertEquals(List.of("cargo build hannoy-bench"), steps);

    for (String metric : List.of("cosine", "dot", "euclidean")) {
      Path data = createTempDir();
      PreparedData.write(data, metric, COUNT, 40, 24, random());
      for (OutsideContestant contestant : OutsideContestant.values()) {
        Path index = data.resolve(contestant.info().name());
        assertBuilds(tools, contestant, data, index);
        assertSearches(tools, contestant, data, index);
        assertRejects(tools, contestant, data);
      }
    }
  }

  private void assertBuilds(OutsideTools tools, OutsideContestant contestant, Path data, Path index)
      throws IOException {
    progress.clear();
    OutsideBuild build = new OutsideBuild(data, index, 1, 16, 100, 2);
    List<Sample> samples = tools.build(contestant, build, progress::add);
    assertEquals(1, samples.size());
    Sample sample = samples.get(0);
    assertEquals(Measure.BUILD, sample.measure());
    assertEquals(contestant.info().name(), sample.contestant());
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

  private void assertSearches(
      OutsideTools tools, OutsideContestant contestant, Path data, Path index) throws IOException {
    progress.clear();
    OutsideSearch search =
        new OutsideSearch(data, index, 1, List.of(10, 200), List.of(1, 2), 2, 0.1);
    List<Sample> samples = tools.search(contestant, search, progress::add);
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

  private void assertRejects(OutsideTools tools, OutsideContestant contestant, Path data) {
    Path index = data.resolve("missing");
    OutsideSearch search = new OutsideSearch(data, index, 1, List.of(10), List.of(1), 1, 0);
    OutsideException e =
        expectThrows(OutsideException.class, () -> tools.search(contestant, search, progress::add));
    assertTrue(e.getMessage(), e.getMessage().endsWith("no such index; build it first"));
    assertEquals(1, e.getMessage().lines().count());
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.engine.Engines;
import org.lucenelmdb.bench.memory.MemoryLimit;
import org.lucenelmdb.bench.memory.UnsupportedLimitException;
import org.lucenelmdb.bench.report.Browser;
import org.lucenelmdb.bench.result.BestStrategy;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.ResultFile;
import org.lucenelmdb.bench.result.Sample;
import picocli.CommandLine;

/** Runs the command line as a user does. */
@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestBench extends LuceneTestCase {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private Path directory;
  private Set<Path> before;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    directory = createTempDir();
    before = temporaryFiles();
  }

  @Override
  public void tearDown() throws Exception {
    assertEquals(before, temporaryFiles());
    super.tearDown();
  }

  private static Set<Path> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("lucene-lmdb-bench-"))
          .collect(Collectors.toSet());
    }
  }

  private int run(String... arguments) {
    err.getBuffer().setLength(0);
    out.getBuffer().setLength(0);
    CommandLine bench = Bench.commandLine();
    bench.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return bench.execute(arguments);
  }

  /** Runs a measurement with options, separated by blanks; {@code @} stands for the directory. */
  private int measure(String arguments) {
    List<String> all = new ArrayList<>(List.of("run"));
    for (String argument : arguments.split(" ")) {
      all.add(argument.replace("@", directory.toString()));
    }
    all.addAll(List.of("--out", directory.resolve("out").toString()));
    all.addAll(List.of("--cache", directory.resolve("cache").toString()));
    return run(all.toArray(new String[0]));
  }

  private void assertRejected(String message, String arguments) {
    assertEquals(err.toString(), 2, measure(arguments));
    List<String> lines =
        err.toString().lines().filter(line -> line.startsWith("[") == false).toList();
    assertEquals(err.toString(), 1, lines.size());
    assertTrue(err.toString(), lines.getFirst().contains(message));
  }

  public void testKeepsTheUsersDirectory() throws IOException {
    Path work = Files.createDirectory(directory.resolve("lucene-lmdb-bench-mine"));
    Files.createFile(work.resolve("mine"));
    String options = "--sizes 60 --queries 5 --dimension 4 --k 50 --engines lucene99";
    int exitCode =
        measure(
            options
                + " --measure build --rounds 1 --warm-up 0 --passes 1 --work @/"
                + work.getFileName());
    assertEquals(err.toString(), 0, exitCode);
    assertTrue(Files.exists(work.resolve("mine")));
    assertFalse(Files.exists(directory.resolve("out/unfinished.json")));
  }

  public void testBadOptions() {
    assertRejected("--queries", "--queries none");
    assertRejected("--dimension must be from 1", "--dimension 0");
    assertRejected("--efs must be from 10", "--efs 5,20");
    assertRejected("unknown engine 'nobody'", "--engines ours,nobody");
    assertRejected("--measure", "--measure speed");
    assertRejected("--preset full needs --data", "--preset full");
    assertRejected("need --data", "--attributes a.tsv");
    assertRejected("--warm-up", "--warm-up NaN");
    assertRejected("--mix needs --sizes", "--preset full --mix --data a.fvecs");
    assertRejected("--speed", "--speed 10");
    assertRejected("--only needs --measure", "--only");
    assertRejected("--heap-trials must be numbers of MB", "--heap-trials 96m,1g");
    assertRejected("--heap-trials must be from 2", "--heap-trials 0");
    assertRejected("--churn-part must be above 0", "--churn-part 0");
    assertRejected("--churn-merges", "--churn-merges none");
    assertRejected("--build-threads must be from 1", "--build-threads 1,0");
    assertRejected("--targets must be from 0.5 to 0.999, not 1.0", "--targets 0.9,1");
    assertRejected("--targets must be from 0.5 to 0.999, not NaN", "--targets NaN");
    assertRejected("--targets", "--targets high");
    assertRejected("--build-memory must be from 1", "--build-memory 0");
    assertRejected("--memory-limit must be from 32", "--memory-limit 1");
    assertRejected("--memory-limit", "--memory-limit 1g");
    assertRejected("--heap must be from 8 to 100, not 101", "--memory-limit 100 --heap 101");
  }

  private Path f16bin(int count, int dimension) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + count * dimension * 2).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(count).putInt(dimension);
    while (bytes.hasRemaining()) {
      bytes.putShort(Float.floatToFloat16(random().nextFloat() - 0.5f));
    }
    Path file = directory.resolve("vectors.f16bin");
    Files.write(file, bytes.array());
    return file;
  }

  public void testBadData() throws IOException {
    assertRejected("missing.fvecs", "--data @/missing.fvecs");
    Files.createFile(directory.resolve("vectors.csv"));
    assertRejected("vectors.csv", "--data @/vectors.csv");
    Path file = f16bin(12, 4);
    assertRejected("too few", "--queries 3 --data @/vectors.f16bin");
    Files.write(file, new byte[] {1, 0, 0, 0, 4, 0, 0, 0, 1});
    assertRejected("vectors.f16bin", "--data @/vectors.f16bin");
    f16bin(60, 4);
    Files.writeString(directory.resolve("few.tsv"), "a\tb\nc\td\n");
    assertRejected("few.tsv", "--queries 5 --data @/vectors.f16bin --attributes @/few.tsv");
    f16bin(60, 5); // this time with another dimension than the queries
    Files.copy(file, directory.resolve("queries.f16bin"));
    f16bin(60, 4);
    assertRejected(
        "dimension 4", "--queries 5 --data @/vectors.f16bin --query-data @/queries.f16bin");
  }

  public void testMeasuresEverything() throws Exception {
    f16bin(320, 8);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 320; i++) {
      lines.append(i % 3 == 0 ? "grün" : "blau").append('\t').append(i % 7).append('\n');
    }
    Files.writeString(directory.resolve("größe.tsv"), lines);
    int exitCode =
        measure(
            "--data @/vectors.f16bin --attributes @/größe.tsv"
                + " --sizes 100,300 --queries 20 --engines ours,lucene99,jvector"
                + " --measure target,filter,churn,pages,cold --rounds 2 --threads 1,2 --efs 10,50"
                + " --filter-efs 20 --filter-values 2 --warm-up 0 --passes 1 --small 80"
                + " --generations 2");
    assertEquals(err.toString() + out, 0, exitCode);
    Result result = ResultFile.read(directory.resolve("out/result.json"));
    assertEquals(List.of(100, 300), result.setup().sizes());
    assertEquals(8, result.setup().dimension());
    // 4 random ones; near and far of 2 attribute values, which may differ by size
    int filters = result.filters().size();
    assertTrue("" + filters, filters >= 8 && filters <= 12);
    for (String engine : List.of("ours", "lucene99", "jvector")) {
      boolean lucene = engine.equals("jvector") == false;
      assertSamples(result, engine, Measure.BUILD, 2);
      assertSamples(result, engine, Measure.SEARCH, 2 * 2 * 2 * 2);
      int strategies = Engines.get(engine).strategies().size();
      assertEquals(engine, engine.equals("ours") ? 4 : lucene ? 2 : 1, strategies);
      assertSamples(result, engine, Measure.FILTER, 2 * 8 * strategies);
      // 4 targets: without a filter in 2 rounds, with 4 random filters in one
      int targets = engine.equals("ours") ? 2 * 4 * (2 + 4) : 0;
      assertSamples(result, engine, Measure.TARGET, targets);
      assertSamples(result, engine, Measure.PAGES, lucene ? 2 * 2 : 0);
      assertSamples(result, engine, Measure.CHURN, lucene ? 3 : 0);
      if (lucene) {
        assertTrue(engine, lastChurn(result, engine).value(Figures.FRESH_RECALL) > 0.9);
      }
    }
    for (Sample sample : result.samples()) {
      boolean all = sample.ef() != null && sample.ef() == 50 && sample.measure() == Measure.SEARCH;
      assertTrue(sample.toString(), all == false || sample.value(Figures.RECALL) > 0.9);
    }
    assertTrue(out.toString(), out.toString().contains("lucene99"));
    assertPlots(directory.resolve("out/report.html"));
    String json = directory.resolve("out/result.json").toString();
    assertEquals(0, run("compare", json, json));
    assertTrue(out.toString(), out.toString().contains("1.00"));
    assertEquals(0, run("report", json));
    assertTrue(out.toString(), out.toString().contains("lucene99"));
  }

  public void testPlansWithEveryValue() throws IOException {
    f16bin(410, 8);
    StringBuilder lines = new StringBuilder("half\tseventh\n");
    for (int i = 0; i < 410; i++) {
      lines.append(i % 2).append('\t').append(i % 7).append('\n');
    }
    Files.writeString(directory.resolve("a.tsv"), lines);
    Result result =
        only(
            "filter",
            "--data @/vectors.f16bin --attributes @/a.tsv --filter-values all --sizes 400"
                + " --filter-efs 10,20");
    assertEquals(4 + 2 * (2 + 7), result.filters().size());
    for (Sample sample : result.samples()) {
      if (sample.measure() == Measure.FILTER) {
        double unfiltered = sample.value(Figures.UNFILTERED_RECALL);
        assertTrue("" + sample, unfiltered > 0.5 && unfiltered <= 1);
        if (BestStrategy.isForced(sample.strategy())) {
          assertEquals(10, sample.ef(), 0);
        }
        double plans =
            sample.values().entrySet().stream()
                .filter(e -> e.getKey().startsWith(Figures.PLAN_PREFIX))
                .mapToDouble(Map.Entry::getValue)
                .sum();
        boolean planned = sample.engine().equals("ours") && accepted(result, sample) > 20;
        assertEquals("" + sample, planned ? 1 : 0, plans, 1e-9);
        assertEquals("" + sample, planned, sample.value(Figures.VISITS) > 0);
      }
    }
    assertTrue(out.toString(), out.toString().contains("Plan of ours, ef 10, 400 vectors: "));
    assertRejected("--filter-values must be a number or 'all'", "--filter-values -1");
  }

  private static int accepted(Result result, Sample sample) {
    return result.filters().stream()
        .filter(f -> f.name().equals(sample.filter()))
        .findFirst()
        .orElseThrow()
        .accepted();
  }

  private static void assertPlots(Path page) throws Exception {
    String html = Files.readString(page);
    assertTrue(html.contains("id=\"plot-search\""));
    Optional<Path> chromium =
        Browser.find(); // without a browser, other tests report the missing Chromium
    if (chromium.isPresent()) {
      String dom = new Browser(chromium.get(), createTempDir("profile")).dom(page);
      Browser.assertReady(dom);
      int figures = dom.split("<figure", -1).length - 1;
      int charts = dom.split("<svg", -1).length - 1;
      assertTrue(charts + " charts in " + figures + " figures", figures > 5 && charts >= figures);
    }
  }

  private static void assertSamples(Result result, String who, Measure measure, int expected) {
    long found =
        result.samples().stream()
            .filter(s -> s.engine().equals(who) && s.measure() == measure)
            .count();
    assertEquals(who + " " + measure, expected, found);
  }

  public void testSmallestHeap() throws IOException {
    int exitCode =
        measure(
            "--sizes 200 --queries 10 --dimension 8 --engines lucene99 --measure heap"
                + " --rounds 1 --threads 1 --efs 10 --warm-up 0 --passes 1 --small 200");
    assertEquals(err.toString() + out, 0, exitCode);
    Result result = ResultFile.read(directory.resolve("out/result.json"));
    Sample heap =
        result.samples().stream().filter(s -> s.measure() == Measure.HEAP).findFirst().get();
    double least = heap.value(Figures.MIN_HEAP);
    assertTrue("" + least, least >= 4 && least < 1024);
  }

  private static Sample lastChurn(Result result, String engine) {
    return result.samples().stream()
        .filter(s -> s.measure() == Measure.CHURN && s.engine().equals(engine))
        .max(Comparator.comparing(Sample::generation))
        .orElseThrow();
  }

  /** Runs one measure, without the options of other measures. */
  private Result only(String measure, String arguments) throws IOException {
    int exitCode =
        measure(
            (arguments.contains("--dimension") ? "" : "--dimension 8 ")
                + (arguments.contains("--engines") ? "" : "--engines ours,lucene99 ")
                + "--queries 10 --rounds 1 --warm-up 0"
                + (" --passes 1 --only --measure " + measure + " " + arguments));
    assertEquals(err.toString() + out, 0, exitCode);
    return ResultFile.read(directory.resolve("out/result.json"));
  }

  public void testBuildsInTurns() throws IOException {
    Result result = only("build", "--sizes 300 --build-rounds 2 --build-threads 2,1");
    List<String> builds =
        result.samples().stream().map(s -> s.engine() + " " + s.threads()).toList();
    List<String> turn = List.of("ours 1", "lucene99 1", "ours 2", "lucene99 2");
    assertEquals(turn, builds.subList(0, 4));
    assertEquals(turn.reversed(), builds.subList(4, builds.size()));
    for (Sample sample : result.samples()) {
      assertEquals(Measure.BUILD, sample.measure());
      for (int ef : List.of(40, 160)) {
        double recall = sample.value(Figures.BUILT_RECALL_PREFIX + ef);
        assertTrue(sample.toString(), recall > 0.8 && recall <= 1);
      }
    }
    assertTrue(out.toString(), out.toString().contains("Build and recall@10 of its graph, 2 "));
  }

  public void testTargets() throws IOException {
    Result result = only("target", "--sizes 400 --targets 0.99,0.9,0.99");
    List<Sample> unfiltered =
        result.samples().stream()
            .filter(s -> s.measure() == Measure.TARGET && s.filter() == null)
            .toList();
    assertEquals(
        List.of("target 0.9", "target 0.99"), unfiltered.stream().map(Sample::strategy).toList());
    for (Sample sample : unfiltered) {
      assertEquals("ours", sample.engine());
      assertEquals(10, sample.ef(), 0);
      assertTrue(sample.toString(), sample.value(Figures.RECALL) > 0.7);
      assertTrue(sample.toString(), sample.value(Figures.EXPECTED_RECALL) > 0.8);
      assertTrue(sample.toString(), sample.value(Figures.BAD) <= 0.3);
      assertTrue(sample.toString(), sample.value(Figures.VISITS) > 0);
      assertTrue(sample.toString(), sample.value(Figures.RATE) > 0);
    }
    assertTrue(out.toString(), out.toString().contains("Target recall, 400 vectors"));
    assertTrue(out.toString(), out.toString().contains("Target recall with filters, 400 vectors"));
  }

  public void testGivenHeaps() throws IOException {
    Result result = only("heap", "--sizes 300 --small 300 --heap-trials 96m");
    assertEquals(2, result.samples().size());
    for (Sample sample : result.samples()) {
      assertEquals(96, sample.value(Figures.MIN_HEAP), 0);
      assertTrue(sample.value(Figures.BUILD) > 0);
    }
  }

  private void assumeMemoryCanBeLimited() throws IOException {
    try {
      MemoryLimit.of(64).close();
    } catch (UnsupportedLimitException e) {
      assumeNoException(e.getMessage(), e);
    }
  }

  public void testMemoryLimit() throws IOException {
    assumeMemoryCanBeLimited();
    Result result =
        only(
            "search,target,heap",
            "--sizes 300 --small 300 --heap-trials 64 --memory-limit 500 --heap 96"
                + " --threads 1,2 --efs 20 --targets 0.9 --engines ours --build-memory 16");
    assertEquals(500, result.setup().memoryLimitMegabytes(), 0);
    assertEquals(96, result.setup().heapMegabytes(), 0);
    assertEquals(List.of(), result.warnings());
    for (Sample sample : result.samples()) {
      if (sample.measure() == Measure.SEARCH || sample.measure() == Measure.TARGET) {
        assertTrue(sample.toString(), sample.value(Figures.READ_PAGES) >= 0);
        assertTrue(sample.toString(), sample.value(Figures.MAJOR_FAULTS) >= 0);
      }
      if (sample.measure() == Measure.BUILD) {
        assertTrue(sample.toString(), sample.value(Figures.PEAK_HEAP) <= 96);
      }
    }
    String text = out.toString();
    assertTrue(text, text.contains("each process is limited to 500 MB, including its page cache"));
    assertTrue(text, text.contains("| pages read "));
  }

  public void testOutOfMemory() throws IOException {
    assumeMemoryCanBeLimited();
    Result result = only("build", "--sizes 200 --memory-limit 32 --heap 30");
    assertEquals(List.of(), result.samples());
    assertEquals(
        List.of(
            new DataWarning(
                "out of memory", "ours", "build ours: out of memory with a limit of 32 MB"),
            new DataWarning(
                "out of memory",
                "lucene99",
                "build lucene99: out of memory with a limit of 32 MB")),
        result.warnings());
  }

  /** With a limit that no build fits in. */
  public void testBuildsWithoutLimits() throws IOException {
    assumeMemoryCanBeLimited();
    Result result =
        only(
            "search",
            "--sizes 200 --memory-limit 32 --heap 30 --no-limit-builds --engines lucene99");
    assertEquals(
        List.of(
            new DataWarning(
                "out of memory",
                "lucene99",
                "search 1/1 lucene99: out of memory with a limit of 32 MB")),
        result.warnings());
    assertEquals(List.of(Measure.BUILD), result.samples().stream().map(Sample::measure).toList());
    assertEquals(false, result.setup().limitedBuilds());
  }

  public void testOutOfHeap() throws IOException {
    Result result = only("build", "--sizes 20000 --dimension 128 --engines jvector --heap 8");
    assertEquals(List.of(), result.samples());
    assertEquals(1, result.warnings().size());
    assertEquals("out of memory", result.warnings().getFirst().what());
    assertNull(result.setup().memoryLimitMegabytes());
  }

  public void testUnsupportedLimitsAreReported() throws Exception {
    CommandLine bench = Bench.commandLine().setErr(new PrintWriter(err, true));
    int exitCode =
        bench
            .getExecutionExceptionHandler()
            .handleExecutionException(new UnsupportedLimitException("tried x"), bench, null);
    assertEquals(2, exitCode);
    assertEquals("bench: tried x", err.toString().strip());
  }

  public void testChurnWithoutForcedMerges() throws IOException {
    Result result =
        only(
            "churn",
            "--sizes 300 --small 300 --generations 3 --churn-part 0.3 --churn-merges natural"
                + " --build-threads 2");
    assertEquals(2 * 4, result.samples().size());
    for (String engine : List.of("ours", "lucene99")) {
      assertTrue(lastChurn(result, engine).value(Figures.RECALL) > 0.8);
    }
  }

  public void testRollbacks() throws IOException {
    Result result = only("abort", "--sizes 2000 --small 2000");
    assertEquals(2, result.samples().size());
    for (Sample sample : result.samples()) {
      assertEquals(result.warnings().toString(), 0, sample.value(Figures.LEFT_FILES), 0);
      assertTrue(sample.value(Figures.FORCE_MERGE) > 0);
    }
    assertTrue(out.toString(), out.toString().contains("== Abort =="));
  }

  public void testAFailureIsReported() throws IOException {
    Files.createFile(directory.resolve("file"));
    assertRejected("file: FileAlreadyExists", "--sizes 100 --queries 10 --work @/file");
  }

  public void testNotAResult() throws IOException {
    Path file = directory.resolve("broken.json");
    Files.writeString(file, "{");
    assertEquals(2, run("report", file.toString()));
    assertTrue(err.toString(), err.toString().contains("broken.json"));
    assertEquals(2, run("compare", file.toString(), file.toString()));
    assertEquals(1, err.toString().lines().count());
  }

  public void testRunNeedsNoName() {
    assertArrayEquals(new String[] {"run", "--k", "3"}, Bench.withRun(new String[] {"--k", "3"}));
  }
}

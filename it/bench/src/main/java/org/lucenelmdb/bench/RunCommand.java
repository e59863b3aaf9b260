/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import static org.lucenelmdb.bench.Ranges.ascending;
import static org.lucenelmdb.bench.Ranges.orElse;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.lucenelmdb.bench.engine.BuildParameters;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.Engines;
import org.lucenelmdb.bench.external.ExternalEngine;
import org.lucenelmdb.bench.measure.DataSpec;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.report.HtmlReport;
import org.lucenelmdb.bench.report.TerminalReport;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Recalls;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.ResultFile;
import org.lucenelmdb.bench.run.Machines;
import org.lucenelmdb.bench.run.Options;
import org.lucenelmdb.bench.run.Run;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures, and reports. */
@Command(
    name = RunCommand.NAME,
    description = {
      "Measures the engines side by side, each measurement in a JVM of its own, in turns.",
      "Writes a JSON file with everything and a page with plots."
    },
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  static final String NAME = "run";

  /** Set by the build: where the programs outside the JVM are. */
  private static final String EXTERNAL_SOURCES = "bench.external.sources";

  /** What {@code LmdbHnswSearchStrategy} takes. */
  private static final double LOWEST_TARGET = 0.5;

  private static final double HIGHEST_TARGET = 0.999;

  @Spec private CommandSpec spec;

  @Option(
      names = "--preset",
      defaultValue = "quick",
      description = {
        "What the other options are if they are not given: ${COMPLETION-CANDIDATES}.",
        "quick: a few minutes on vectors that are made up; full: everything on the vectors of a"
            + " file; scale: growth from 10,000 to 1,000,000 vectors."
      })
  private Preset preset;

  @Mixin private DataOptions dataOptions;

  @Option(
      names = "--engines",
      paramLabel = "NAMES",
      description = "Separated by commas; 'list' shows all.")
  private String engines;

  @Option(
      names = "--external",
      paramLabel = "NAMES",
      description =
          "Engines outside the JVM: hnswlib,faiss,hannoy. They need Python 3 or Cargo, which"
              + " download them.")
  private String external;

  @Option(
      names = "--measure",
      split = ",",
      paramLabel = "WHAT",
      description = "Of ${COMPLETION-CANDIDATES}; build and search always are, unless --only.")
  private Set<Measure> measures;

  @Option(
      names = "--only",
      description = "Measure nothing but what --measure names and what that needs.")
  private boolean only;

  @Option(names = "--rounds", description = "How often everybody searches.")
  private Integer rounds;

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "Search by so many threads; by default one, and one for each processor.")
  private List<Integer> threads;

  @Option(
      names = "--build-threads",
      split = ",",
      paramLabel = "N",
      defaultValue = "1",
      description = {
        "Build graphs by so many; in Lucene, these are workers of merges (${DEFAULT-VALUE}).",
        "Of several numbers each is measured, and the graphs of the lowest are used for all else."
      })
  private List<Integer> buildThreads;

  @Option(
      names = "--build-rounds",
      defaultValue = "1",
      description = "How often everybody builds, in turns (${DEFAULT-VALUE}).")
  private int buildRounds;

  @Option(names = "--efs", split = ",", description = "How many candidates searches keep.")
  private List<Integer> efs;

  @Option(names = "--filter-efs", split = ",", description = "The same with filters.")
  private List<Integer> filterEfs;

  @Option(
      names = "--targets",
      split = ",",
      paramLabel = "RECALL",
      description =
          "Recalls that searches are to reach, of engines that can be told one; by default"
              + " 0.9,0.95,0.98,0.99. Without --measure target, none.")
  private List<Double> targets;

  @Option(
      names = "--warm-up",
      description = "Seconds of CPU time to search before measuring, in each JVM.")
  private Double warmUp;

  @Option(names = "--passes", description = "Over the queries, of which the fastest counts.")
  private Integer passes;

  @Option(
      names = "--max-conn",
      defaultValue = "16",
      description = "M of the graphs (${DEFAULT-VALUE}).")
  private int maxConn;

  @Option(
      names = "--beam-width",
      defaultValue = "100",
      description = "Candidates while graphs are built (${DEFAULT-VALUE}).")
  private int beamWidth;

  @Option(names = "--ram", description = "RAM buffer of Lucene's writers in MB.")
  private Integer ram;

  @Option(
      names = "--small",
      description = "Measure churn, heap and abort with so many vectors, as they build often.")
  private Integer small;

  @Option(
      names = "--generations",
      description = "Of deleting some vectors and adding them again, for churn.")
  private Integer generations;

  @Option(
      names = "--churn-part",
      defaultValue = "0.02",
      description = "Of the vectors, replaced in each generation (${DEFAULT-VALUE}).")
  private double churnPart;

  @Option(
      names = "--churn-merges",
      defaultValue = "forced",
      description =
          "${COMPLETION-CANDIDATES}: into one segment after each generation, or as Lucene does by"
              + " itself (${DEFAULT-VALUE}).")
  private ChurnMerges churnMerges;

  @Option(
      names = "--heap-trials",
      split = ",",
      paramLabel = "MB",
      description =
          "Try these heaps, such as 96m, from the largest on until one is too small; without, the"
              + " smallest is searched for.")
  private List<String> heapTrials;

  @Option(
      names = "--heap-limit",
      defaultValue = "240",
      paramLabel = "MINUTES",
      description = "A trial of a heap that takes longer has failed (${DEFAULT-VALUE}).")
  private int heapLimit;

  @Option(
      names = "--simd",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Add the module jdk.incubator.vector to the JVMs, if Java has it.")
  private boolean simd;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "target/bench",
      description = "Where the report goes (${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description = "Keep data sets and indexes there. Without, they are temporary.")
  private Path work;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      defaultValue = ".cache",
      description = "Where exact answers and installed programs are kept (${DEFAULT-VALUE}).")
  private Path cache;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  /** What is merged after a generation. */
  private enum ChurnMerges {
    FORCED,
    NATURAL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    if ("list".equals(engines)) {
      Engines.names().forEach(terminal::println);
      terminal.flush();
      return ExitCode.OK;
    }
    Options options = options();
    Files.createDirectories(out); // fails now rather than after an hour
    Run run = new Run(options, new TerminalProgress(spec.commandLine().getErr()));
    Path json = out.resolve("result.json");
    Path unfinished = out.resolve("unfinished.json");
    Result result = run.execute(sofar -> ResultFile.write(sofar, unfinished));
    Files.deleteIfExists(unfinished);
    Path html = out.resolve("report.html");
    ResultFile.write(result, json);
    HtmlReport.write(result, html);
    new TerminalReport(terminal).print(result);
    terminal.println();
    terminal.println("All figures: " + json.toAbsolutePath().normalize());
    terminal.println("Plots:       " + html.toAbsolutePath().normalize());
    terminal.flush();
    return run.hasFailures() ? ExitCode.SOFTWARE : ExitCode.OK;
  }

  private Options options() throws IOException {
    Ranges ranges = new Ranges(spec.commandLine());
    dataOptions.check(ranges, preset);
    List<Integer> chosenThreads =
        orElse(
            threads,
            List.of(1, Runtime.getRuntime().availableProcessors()).stream().distinct().toList());
    if (only && measures == null) {
      throw ranges.error("--only needs --measure");
    }
    Set<Measure> chosenMeasures =
        only
            ? withNeeds(measures)
            : union(Set.of(Measure.BUILD, Measure.SEARCH), orElse(measures, preset.measures));
    List<Engine> chosen = Engines.parse(orElse(engines, String.join(",", preset.engines)));
    List<ExternalEngine> chosenExternal =
        external == null ? List.of() : ExternalEngine.parse(external);
    if (chosenExternal.isEmpty() == false && System.getProperty(EXTERNAL_SOURCES) == null) {
      throw ranges.error("--external works where Maven starts the program, see the README");
    }
    ranges.check("--rounds", orElse(rounds, preset.rounds), 1, 1000);
    ranges.check("--passes", orElse(passes, preset.passes), 1, 1000);
    ranges.check("--build-rounds", buildRounds, 1, 1000);
    ranges.checkAll("--build-threads", buildThreads, 1, 1024);
    ranges.check("--max-conn", maxConn, 2, 512);
    ranges.check("--beam-width", beamWidth, 2, 3200);
    ranges.check("--ram", orElse(ram, preset.ram), 1, 2000);
    ranges.check(
        "--small", orElse(small, preset.smallSize), dataOptions.k(), Integer.MAX_VALUE / 2);
    ranges.check("--generations", orElse(generations, preset.generations), 1, 100_000);
    if (churnPart > 0 == false || churnPart > 1) {
      throw ranges.error("--churn-part must be above 0 and at most 1, not " + churnPart);
    }
    List<Integer> chosenHeaps = heaps(ranges);
    ranges.check("--heap-limit", heapLimit, 1, 100_000);
    ranges.checkAll("--threads", chosenThreads, 1, 1024);
    ranges.checkAll("--efs", orElse(efs, atLeastK(preset.efs)), dataOptions.k(), 100_000);
    ranges.checkAll(
        "--filter-efs", orElse(filterEfs, atLeastK(preset.filterEfs)), dataOptions.k(), 100_000);
    List<Double> chosenTargets = orElse(targets, Recalls.ALL);
    chosenTargets.forEach(
        target -> ranges.check("--targets", target, LOWEST_TARGET, HIGHEST_TARGET));
    double seconds = orElse(warmUp, preset.warmUp);
    if (seconds >= 0 == false || seconds > 3600) {
      throw ranges.error("--warm-up must be from 0 to 3600, not " + seconds);
    }
    List<Integer> chosenSizes = dataOptions.sizes(preset);
    DataSpec dataSpec =
        dataOptions.spec(preset, chosenSizes.getLast(), cache.resolve("truth").toAbsolutePath());
    return new Options(
        preset.toString(),
        String.join(" ", spec.commandLine().getParseResult().originalArgs()),
        dataSpec,
        chosenSizes,
        orElse(small, preset.smallSize),
        chosen,
        chosenExternal,
        chosenMeasures,
        orElse(rounds, preset.rounds),
        buildRounds,
        ascending(buildThreads),
        new BuildParameters(
            maxConn, beamWidth, orElse(ram, preset.ram), ascending(buildThreads).getFirst()),
        new Job.SearchParameters(
            ascending(orElse(efs, atLeastK(preset.efs))),
            ascending(chosenThreads),
            seconds,
            orElse(passes, preset.passes),
            ascending(chosenTargets)),
        ascending(orElse(filterEfs, atLeastK(preset.filterEfs))),
        new Job.ChurnParameters(
            orElse(generations, preset.generations),
            churnPart,
            churnMerges == ChurnMerges.FORCED,
            dataOptions.seed()),
        chosenHeaps,
        Duration.ofMinutes(heapLimit),
        simd && Machines.hasSimd(),
        System.getProperty(EXTERNAL_SOURCES) == null
            ? null
            : Path.of(System.getProperty(EXTERNAL_SOURCES)),
        cache.resolve("external").toAbsolutePath(),
        work);
  }

  /** Searches need graphs, and cold reads the recall of searches. */
  private static Set<Measure> withNeeds(Set<Measure> chosen) {
    Set<Measure> all = EnumSet.copyOf(chosen);
    if (all.contains(Measure.COLD)) {
      all.add(Measure.SEARCH);
    }
    if (Collections.disjoint(
            all,
            Set.of(Measure.SEARCH, Measure.TARGET, Measure.FILTER, Measure.PAGES, Measure.COLD))
        == false) {
      all.add(Measure.BUILD);
    }
    return all;
  }

  private static Set<Measure> union(Set<Measure> some, Set<Measure> more) {
    Set<Measure> all = EnumSet.copyOf(some);
    all.addAll(more);
    return all;
  }

  private List<Integer> heaps(Ranges ranges) {
    List<Integer> megabytes = new ArrayList<>();
    for (String heap : orElse(heapTrials, List.<String>of())) {
      if (heap.matches("[0-9]{1,7}[mM]?") == false) {
        throw ranges.error("--heap-trials must be numbers of MB such as 96m, not " + heap);
      }
      megabytes.add(Integer.parseInt(heap.replaceAll("[mM]", "")));
    }
    ranges.checkAll("--heap-trials", megabytes, 2, 10_000_000);
    return ascending(megabytes);
  }

  private List<Integer> atLeastK(List<Integer> values) {
    return values.stream().map(ef -> Math.max(ef, dataOptions.k())).toList();
  }
}

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
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
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

/** Runs measurements and reports the results. */
@Command(
    name = RunCommand.NAME,
    description = {
      "Measures the engines. Each measurement runs in a JVM of its own; the engines take"
          + " turns.",
      "Writes all figures to a JSON file and an HTML report with plots."
    },
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  static final String NAME = "run";

  /** Set by the build: the directory with the sources of the external engines. */
  private static final String EXTERNAL_SOURCES = "bench.external.sources";

  /** The range that {@code LmdbHnswSearchStrategy} accepts. */
  private static final double LOWEST_TARGET = 0.5;

  private static final double HIGHEST_TARGET = 0.999;

  @Spec private CommandSpec spec;

  @Option(
      names = "--preset",
      defaultValue = "quick",
      description = {
        "Defaults of the other options: ${COMPLETION-CANDIDATES}.",
        "quick: a few minutes on generated vectors; full: all engines on the vectors of a"
            + " file; scale: growth from 10,000 to 1,000,000 vectors."
      })
  private Preset preset;

  @Mixin private DataOptions dataOptions;

  @Option(
      names = "--engines",
      paramLabel = "NAMES",
      description = "Comma-separated engines; 'list' prints all names.")
  private String engines;

  @Option(
      names = "--external",
      paramLabel = "NAMES",
      description =
          "Comma-separated external engines: hnswlib,faiss,hannoy. They need Python 3 or"
              + " Cargo, which download them.")
  private String external;

  @Option(
      names = "--measure",
      split = ",",
      paramLabel = "WHAT",
      description =
          "Measures, of ${COMPLETION-CANDIDATES}; build and search are always"
              + " included unless --only is given.")
  private Set<Measure> measures;

  @Option(
      names = "--only",
      description = "Run only the measures of --measure and those they depend on.")
  private boolean only;

  @Option(names = "--rounds", description = "Number of search rounds of each engine.")
  private Integer rounds;

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "Numbers of search threads; by default 1 and the number of processors.")
  private List<Integer> threads;

  @Mixin private BuildOptions buildOptions;

  @Option(
      names = "--efs",
      split = ",",
      description = "Values of ef, the number of candidates that a search keeps.")
  private List<Integer> efs;

  @Option(
      names = "--filter-efs",
      split = ",",
      description = "Values of ef for searches with a filter.")
  private List<Integer> filterEfs;

  @Option(
      names = "--targets",
      split = ",",
      paramLabel = "RECALL",
      description =
          "Target recalls, for engines that take one; by default 0.9,0.95,0.98,0.99. Used"
              + " by --measure target only.")
  private List<Double> targets;

  @Option(
      names = "--warm-up",
      description = "CPU seconds of searches before measuring, in each JVM.")
  private Double warmUp;

  @Option(names = "--passes", description = "Passes over the queries; the fastest counts.")
  private Integer passes;

  @Mixin private RebuildOptions rebuildOptions;

  @Mixin private LimitOptions limitOptions;

  @Option(
      names = "--simd",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Add the module jdk.incubator.vector to the JVMs, if it is available.")
  private boolean simd;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "target/bench",
      description = "Directory of the report (${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--work",
      paramLabel = "DIR",
      description =
          "Directory for data sets and indexes, which is kept. By default, a temporary one.")
  private Path work;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      defaultValue = ".cache",
      description = "Directory for exact answers and installed programs (${DEFAULT-VALUE}).")
  private Path cache;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this text.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    PrintWriter terminal = spec.commandLine().getOut();
    if ("list".equals(engines)) {
      Engines.names().forEach(terminal::println);
      terminal.flush();
      return ExitCode.OK;
    }
    Options options = options();
    Files.createDirectories(out); // fail now rather than after an hour
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
      throw ranges.error("--external works only if Maven starts the program, see the README");
    }
    ranges.check("--rounds", orElse(rounds, preset.rounds), 1, 1000);
    ranges.check("--passes", orElse(passes, preset.passes), 1, 1000);
    buildOptions.check(ranges, preset);
    rebuildOptions.check(ranges, preset, dataOptions.k());
    limitOptions.check(ranges);
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
        rebuildOptions.size(preset),
        chosen,
        chosenExternal,
        chosenMeasures,
        orElse(rounds, preset.rounds),
        buildOptions.rounds(),
        buildOptions.threads(),
        buildOptions.parameters(preset),
        new Job.SearchParameters(
            ascending(orElse(efs, atLeastK(preset.efs))),
            ascending(chosenThreads),
            seconds,
            orElse(passes, preset.passes),
            ascending(chosenTargets)),
        ascending(orElse(filterEfs, atLeastK(preset.filterEfs))),
        rebuildOptions.churn(preset, dataOptions.seed()),
        rebuildOptions.heapTrials(),
        rebuildOptions.heapLimit(),
        limitOptions.limits(),
        simd && Machines.hasSimd(),
        System.getProperty(EXTERNAL_SOURCES) == null
            ? null
            : Path.of(System.getProperty(EXTERNAL_SOURCES)),
        cache.resolve("external").toAbsolutePath(),
        work);
  }

  /**
   * Adds the measures that others depend on: searches need graphs, and cold reads use the recall of
   * searches.
   */
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

  private static Set<Measure> union(Set<Measure> values, Set<Measure> more) {
    Set<Measure> all = EnumSet.copyOf(values);
    all.addAll(more);
    return all;
  }

  private List<Integer> atLeastK(List<Integer> values) {
    return values.stream().map(ef -> Math.max(ef, dataOptions.k())).toList();
  }
}

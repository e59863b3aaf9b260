/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import static org.lucenelmdb.bench.Ranges.ascending;
import static org.lucenelmdb.bench.Ranges.orElse;

import java.util.List;
import org.lucenelmdb.bench.engine.BuildParameters;
import picocli.CommandLine.Option;

/** Options of the builds of indexes. */
final class BuildOptions {

  @Option(
      names = "--build-threads",
      split = ",",
      paramLabel = "N",
      defaultValue = "1",
      description = {
        "Numbers of threads that build graphs; in Lucene, merge workers (${DEFAULT-VALUE}).",
        "Each number is measured; the graphs of the lowest are used by all other measurements."
      })
  private List<Integer> buildThreads;

  @Option(
      names = "--build-rounds",
      defaultValue = "1",
      description = "Number of build rounds of each engine (${DEFAULT-VALUE}).")
  private int buildRounds;

  @Option(
      names = "--max-conn",
      defaultValue = "16",
      description = "M of the graphs (${DEFAULT-VALUE}).")
  private int maxConn;

  @Option(
      names = "--beam-width",
      defaultValue = "100",
      description = "Beam width of graph builds (${DEFAULT-VALUE}).")
  private int beamWidth;

  @Option(names = "--ram", description = "RAM buffer of Lucene's writers, in MB.")
  private Integer ram;

  @Option(
      names = "--build-memory",
      paramLabel = "MB",
      description =
          "Memory outside the heap for builds of lucene-lmdb; by default, that of the format, which"
              + " --memory-limit may be too small for.")
  private Integer buildMemory;

  void check(Ranges ranges, Preset preset) {
    ranges.check("--build-rounds", buildRounds, 1, 1000);
    ranges.checkAll("--build-threads", buildThreads, 1, 1024);
    ranges.check("--max-conn", maxConn, 2, 512);
    ranges.check("--beam-width", beamWidth, 2, 3200);
    if (buildMemory != null) {
      ranges.check("--build-memory", buildMemory, 1, 10_000_000);
    }
    ranges.check("--ram", orElse(ram, preset.ram), 1, 2000);
  }

  int rounds() {
    return buildRounds;
  }

  /** The numbers of threads, ascending. */
  List<Integer> threads() {
    return ascending(buildThreads);
  }

  /** The parameters of the builds by the fewest threads. */
  BuildParameters parameters(Preset preset) {
    return new BuildParameters(
        maxConn, beamWidth, orElse(ram, preset.ram), threads().getFirst(), buildMemory);
  }
}

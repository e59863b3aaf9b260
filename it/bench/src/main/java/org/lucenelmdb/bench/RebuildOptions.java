/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import static org.lucenelmdb.bench.Ranges.ascending;
import static org.lucenelmdb.bench.Ranges.orElse;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.lucenelmdb.bench.measure.Job;
import picocli.CommandLine.Option;

/** Options of churn, heap and abort, the measures that build many indexes. */
final class RebuildOptions {

  @Option(
      names = "--small",
      description = "Number of vectors for churn, heap and abort, which build many indexes.")
  private Integer small;

  @Option(
      names = "--generations",
      description = "Number of churn generations; each deletes some vectors and adds them again.")
  private Integer generations;

  @Option(
      names = "--churn-part",
      defaultValue = "0.02",
      description = "Share of the vectors that each generation replaces (${DEFAULT-VALUE}).")
  private double churnPart;

  @Option(
      names = "--churn-merges",
      defaultValue = "forced",
      description =
          "${COMPLETION-CANDIDATES}: after each generation, merge into one segment or"
              + " leave merging to Lucene's merge policy (${DEFAULT-VALUE}).")
  private ChurnMerges churnMerges;

  @Option(
      names = "--heap-trials",
      split = ",",
      paramLabel = "MB",
      description =
          "Heap sizes to try, such as 96m, from the largest until one is too small; by"
              + " default, the smallest sufficient heap is searched for.")
  private List<String> heapTrials;

  @Option(
      names = "--heap-limit",
      defaultValue = "240",
      paramLabel = "MINUTES",
      description = "A build that takes longer counts as failed (${DEFAULT-VALUE}).")
  private int heapLimit;

  private List<Integer> heapMegabytes;

  /** How segments are merged after a generation. */
  private enum ChurnMerges {
    FORCED,
    NATURAL;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  void check(Ranges ranges, Preset preset, int k) {
    ranges.check("--small", size(preset), k, Integer.MAX_VALUE / 2);
    ranges.check("--generations", orElse(generations, preset.generations), 1, 100_000);
    if (churnPart > 0 == false || churnPart > 1) {
      throw ranges.error("--churn-part must be above 0 and at most 1, not " + churnPart);
    }
    heapMegabytes = megabytes(ranges);
    ranges.check("--heap-limit", heapLimit, 1, 100_000);
  }

  private List<Integer> megabytes(Ranges ranges) {
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

  /** The number of vectors. */
  int size(Preset preset) {
    return orElse(small, preset.smallSize);
  }

  Job.ChurnParameters churn(Preset preset, long seed) {
    return new Job.ChurnParameters(
        orElse(generations, preset.generations),
        churnPart,
        churnMerges == ChurnMerges.FORCED,
        seed);
  }

  /** The heaps to try, in MB, ascending; {@link #check} must be called first. */
  List<Integer> heapTrials() {
    return heapMegabytes;
  }

  Duration heapLimit() {
    return Duration.ofMinutes(heapLimit);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** Rollbacks of a writer during a merge. */
final class AbortSection {

  private AbortSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "abort",
            "Abort",
            "Seconds that a rollback takes while another thread merges all segments into"
                + " one, begun after a part of the duration of an undisturbed merge; and the"
                + " number of files that all rollbacks together left in the directory.");
    Samples samples = findings.largest(Measure.ABORT);
    if (!samples.isEmpty()) {
      section.add(table(findings, samples));
      section.add(plot(findings, samples));
    }
    return section.build();
  }

  /** The rollbacks, in the order of measurement. */
  private static List<String> rollbacks(Samples samples) {
    return samples.figures().stream().filter(f -> f.startsWith(Figures.ROLLBACK_PREFIX)).toList();
  }

  private static String percent(String rollback) {
    return rollback.substring(Figures.ROLLBACK_PREFIX.length()) + "%";
  }

  private static Table table(Findings findings, Samples samples) {
    Function<EngineInfo, ByRound> longest =
        c -> samples.engine(c.name()).figure(Figures.LONGEST_ROLLBACK);
    List<String> headers = new ArrayList<>(List.of("force merge"));
    List<Function<EngineInfo, String>> cells = new ArrayList<>();
    cells.add(c -> Format.number(samples.engine(c.name()).figure(Figures.FORCE_MERGE)));
    for (String rollback : rollbacks(samples)) {
      headers.add("at " + percent(rollback));
      cells.add(c -> Format.number(samples.engine(c.name()).figure(rollback)));
    }
    headers.addAll(
        List.of("longest", findings.baselineHeader(), findings.oursHeader(), "files left"));
    cells.add(c -> Format.number(longest.apply(c)));
    cells.add(c -> Format.ratio(findings.toBaseline(c, longest)));
    cells.add(c -> Format.ratio(findings.oursToIt(c, longest)));
    cells.add(c -> Format.number(samples.engine(c.name()).figure(Figures.LEFT_FILES)));
    return Grid.byEngine(
        "Rollbacks, seconds, " + Findings.vectors(samples),
        findings,
        findings.engines(samples),
        headers,
        cells);
  }

  private static Plot plot(Findings findings, Samples samples) {
    BarPlot plot =
        new BarPlot(
            "abort",
            "Rollback while merging",
            Plot.Kind.GROUPED,
            findings,
            findings.engines(samples),
            "seconds",
            " s");
    for (String rollback : rollbacks(samples)) {
      plot.part("at " + percent(rollback), c -> samples.engine(c.name()).figure(rollback).median());
    }
    return plot.build();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** Searches of files that are not in memory. */
final class ColdSection {

  private ColdSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "cold",
            "Cold",
            "Opening the index and the first searches, with nothing of the index in the"
                + " system's page cache, so that the disk dominates. Each engine uses the"
                + " smallest ef with a recall of 0.95.");
    Samples samples = findings.largest(Measure.COLD);
    if (!samples.isEmpty()) {
      section.add(table(findings, samples));
      section.add(bars(findings, samples));
    }
    return section.build();
  }

  private static Plot bars(Findings findings, Samples samples) {
    return new BarPlot(
            "cold",
            "Rate, cold",
            Plot.Kind.GROUPED,
            findings,
            findings.engines(samples),
            "queries/s",
            " queries/s")
        .part("queries/s", c -> samples.engine(c.name()).figure(Figures.RATE).median())
        .build();
  }

  private static Table table(Findings findings, Samples samples) {
    Function<EngineInfo, ByRound> rate = c -> samples.engine(c.name()).figure(Figures.RATE);
    return Grid.byEngine(
        "Cold searches, " + Findings.vectors(samples),
        findings,
        findings.engines(samples),
        List.of(
            "ef",
            "recall",
            "open, s",
            "queries/s",
            "p50 us",
            "p99 us",
            findings.baselineHeader(),
            findings.oursHeader()),
        List.of(
            c -> efs(samples.engine(c.name())),
            c -> Format.recall(samples.engine(c.name()).figure(Figures.RECALL)),
            c -> Format.number(samples.engine(c.name()).figure(Figures.OPEN)),
            c -> Format.spread(rate.apply(c)),
            c -> Format.number(samples.engine(c.name()).figure(Figures.P50)),
            c -> Format.number(samples.engine(c.name()).figure(Figures.P99)),
            c -> Format.ratio(findings.toBaseline(c, rate)),
            c -> Format.ratio(findings.oursToIt(c, rate))));
  }

  private static String efs(Samples samples) {
    return samples.efs().stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}

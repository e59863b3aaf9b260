/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.ContestantInfo;
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
            "Searches that find nothing of the index in the system's page cache: the disk decides.");
    Samples samples = findings.largest(Measure.COLD);
    for (int ef : samples.efs()) {
      section.add(table(findings, samples.ef(ef), "ef " + ef + ", "));
    }
    Samples without = samples.where(s -> Objects.isNull(s.ef()));
    if (!without.isEmpty()) {
      section.add(table(findings, without, ""));
    }
    section.add(
        samples.efs().size() > 1
            ? RecallPlot.of(
                "cold",
                "Recall and rate, cold",
                findings,
                samples,
                Figures.RATE,
                Axis.log("queries/s"))
            : bars(findings, samples));
    return section.build();
  }

  /** One ef has no line. */
  private static Plot bars(Findings findings, Samples samples) {
    return new BarPlot(
            "cold",
            "Rate, cold" + (samples.efs().isEmpty() ? "" : ", ef " + samples.efs().first()),
            Plot.Kind.GROUPED,
            findings,
            findings.contestants(samples),
            "queries/s",
            " queries/s")
        .part("queries/s", c -> samples.contestant(c.name()).figure(Figures.RATE).median())
        .build();
  }

  private static Table table(Findings findings, Samples samples, String where) {
    Function<ContestantInfo, ByRound> rate = c -> samples.contestant(c.name()).figure(Figures.RATE);
    return Grid.byContestant(
        "Cold searches, " + where + Findings.vectors(samples),
        findings,
        findings.contestants(samples),
        List.of(
            "recall",
            "queries/s",
            "p50 us",
            "p99 us",
            findings.baselineHeader(),
            findings.oursHeader()),
        List.of(
            c -> Format.recall(samples.contestant(c.name()).figure(Figures.RECALL)),
            c -> Format.spread(rate.apply(c)),
            c -> Format.number(samples.contestant(c.name()).figure(Figures.P50)),
            c -> Format.number(samples.contestant(c.name()).figure(Figures.P99)),
            c -> Format.ratio(findings.toBaseline(c, rate)),
            c -> Format.ratio(findings.oursToIt(c, rate))));
  }
}

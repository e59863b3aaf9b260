/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** Recall and rate of one search thread. */
final class SearchSection {

  private SearchSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "search",
            "Recall and rate",
            "Medians over rounds; ratios are within a round, with the lowest and highest."
                + " Rates at a recall are interpolated between values of ef. hnswlib and FAISS"
                + " get all queries in one call, as is usual for them; the others get one query"
                + " at a time. Bad queries miss at least 30 % of the hits they could have found."
                + (isLimited(findings)
                    ? " Pages have 4 KiB, and are read from disk; at a major fault, a query"
                        + " waits for one."
                    : ""));
    Samples samples = findings.largest(Measure.SEARCH).threads(1);
    if (!samples.isEmpty()) {
      String suffix = ", 1 thread, " + Findings.vectors(samples);
      section.add(
          Grid.of(
              "Recall@" + findings.result().setup().k() + " and queries/s over ef" + suffix,
              findings,
              samples,
              "ef",
              samples.efs(),
              Samples::ef,
              figures(findings)));
      AtRecalls.add(section, findings, samples, "Queries/s" + suffix, Figures.RATE);
      section.add(shortAnswers(findings, samples));
      section.add(
          RecallPlot.of(
              "search",
              "Recall and rate, 1 thread",
              findings,
              samples,
              Figures.RATE,
              Axis.log("queries/s")));
    }
    return section.build();
  }

  /** Otherwise all of the index stays in memory. */
  private static boolean isLimited(Findings findings) {
    return findings.result().setup().memoryLimitMegabytes() != null;
  }

  private static List<String> figures(Findings findings) {
    List<String> figures =
        new ArrayList<>(List.of(Figures.RECALL, Figures.BAD, Figures.RATE, Figures.CPU_RATE));
    if (isLimited(findings)) {
      figures.add(Figures.READ_PAGES);
      figures.add(Figures.MAJOR_FAULTS);
    }
    return figures;
  }

  /** Empty if every query got all its hits, as expected. */
  private static Table shortAnswers(Findings findings, Samples samples) {
    Table.Builder table =
        Table.builder("Queries with fewer hits than possible", 1, "engine", "maximum");
    for (EngineInfo engine : findings.engines(samples)) {
      double most =
          samples.engine(engine.name()).list().stream()
              .mapToDouble(s -> s.values().getOrDefault(Figures.SHORT, 0.0))
              .max()
              .orElse(0);
      if (most > 0) {
        table.row(findings.name(engine), Format.count(Math.round(most)));
      }
    }
    return table.build();
  }
}

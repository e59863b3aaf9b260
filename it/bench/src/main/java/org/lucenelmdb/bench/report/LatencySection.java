/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Recalls;
import org.lucenelmdb.bench.result.Samples;

/** Percentiles of the time of a query. */
final class LatencySection {

  static final List<String> PERCENTILES = List.of(Figures.P50, Figures.P95, Figures.P99);

  private LatencySection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "latency", "Latency", "Microseconds per query, 1 thread, interpolated at a recall.");
    Samples samples = findings.largest(Measure.SEARCH).threads(1);
    if (!samples.isEmpty()) {
      List<String> headers = new ArrayList<>();
      List<Function<EngineInfo, String>> cells = new ArrayList<>();
      for (double recall : List.of(Recalls.MAIN, 0.99)) {
        for (String figure : PERCENTILES) {
          headers.add(figure.substring(0, 3) + " at " + Format.target(recall));
          cells.add(c -> Format.number(samples.engine(c.name()).atRecall(recall, figure)));
        }
      }
      section.add(
          Grid.byEngine(
              "Microseconds, " + Findings.vectors(samples),
              findings,
              findings.engines(samples),
              headers,
              cells));
      BarPlot plot =
          new BarPlot(
              "latency",
              "Latency at recall " + Format.target(Recalls.MAIN),
              Plot.Kind.GROUPED,
              findings,
              findings.engines(samples),
              "microseconds",
              " us");
      for (String figure : PERCENTILES) {
        plot.part(
            figure.substring(0, 3),
            c -> samples.engine(c.name()).atRecall(Recalls.MAIN, figure).median());
      }
      section.add(plot.build());
    }
    return section.build();
  }
}

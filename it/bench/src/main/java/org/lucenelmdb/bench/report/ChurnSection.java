/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** Recall and rate after deleting vectors and adding them again. */
final class ChurnSection {

  private ChurnSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "churn",
            "Churn",
            "Each generation deletes a share of the vectors and adds them again;"
                + " generation 0 is the initial index. The fresh recall is that of a new index of"
                + " the last generation's documents.");
    Samples samples = findings.largest(Measure.CHURN);
    if (!samples.isEmpty()) {
      if (samples.efs().isEmpty()) {
        section.add(table(findings, samples, ""));
        section.add(plot(findings, samples, "churn", ""));
      }
      for (int ef : samples.efs()) {
        section.add(table(findings, samples.ef(ef), "ef " + ef + ", "));
        section.add(plot(findings, samples.ef(ef), "churn-" + ef, ", ef " + ef));
      }
    }
    return section.build();
  }

  private static Plot plot(Findings findings, Samples samples, String id, String where) {
    Plot.Builder plot =
        Plot.lines(
            id,
            "Recall after churn" + where,
            new Axis("generation", false, "integer", null, null, null),
            Axis.linear("recall@" + findings.result().setup().k()));
    for (EngineInfo engine : findings.engines(samples)) {
      Samples selected = samples.engine(engine.name());
      List<Plot.Point> points = new ArrayList<>();
      for (int generation : selected.generations()) {
        Samples at = selected.generation(generation);
        ByRound recall = at.figure(Figures.RECALL);
        points.add(
            new Plot.Point(
                generation,
                recall.median(),
                "generation "
                    + generation
                    + "\n"
                    + Format.number(at.figure(Figures.RATE))
                    + " queries/s\nrecall "
                    + Format.recall(recall)));
      }
      plot.series(findings.name(engine), findings.style(engine), points);
    }
    return plot.build();
  }

  private static Table table(Findings findings, Samples samples, String where) {
    return Grid.of(
        "Over generations, " + where + Findings.vectors(samples),
        findings,
        samples,
        "gen.",
        samples.generations(),
        Samples::generation,
        List.of(
            Figures.RECALL,
            Figures.FRESH_RECALL,
            Figures.RATE,
            Figures.BYTES_PER_VECTOR,
            Figures.BUILD,
            Figures.UNREACHABLE));
  }
}

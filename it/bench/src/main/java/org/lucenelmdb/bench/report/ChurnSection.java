/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** What is left of recall and rate after deleting and adding again. */
final class ChurnSection {

  private ChurnSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "churn",
            "Churn",
            "Each generation deletes a part of the vectors and adds it again; 0 is before the first.");
    Samples samples = findings.largest(Measure.CHURN);
    if (!samples.isEmpty()) {
      if (samples.efs().isEmpty()) {
        section.add(table(findings, samples, ""));
      }
      for (int ef : samples.efs()) {
        section.add(table(findings, samples.ef(ef), "ef " + ef + ", "));
      }
    }
    return section.build();
  }

  private static Table table(Findings findings, Samples samples, String where) {
    return Grid.of(
        "Over generations, " + where + Findings.vectors(samples),
        findings,
        samples,
        "gen.",
        samples.generations(),
        Samples::generation,
        List.of(Figures.RECALL, Figures.RATE, Figures.BYTES_PER_VECTOR));
  }
}

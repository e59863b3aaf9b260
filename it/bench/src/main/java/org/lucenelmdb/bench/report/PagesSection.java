/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** The pages of files that a query reads. */
final class PagesSection {

  private PagesSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "pages",
            "Pages",
            "Distinct pages of 4 KiB that a query reads, on average: its cost if the files"
                + " do not fit into memory.");
    Samples samples = findings.largest(Measure.PAGES);
    if (!samples.isEmpty()) {
      section.add(
          Grid.of(
              "Pages per query over ef, " + Findings.vectors(samples),
              findings,
              samples,
              "ef",
              samples.efs(),
              Samples::ef,
              List.of(Figures.RECALL, Figures.PAGES)));
      AtRecalls.add(section, findings, samples, "Pages per query", Figures.PAGES);
      section.add(
          RecallPlot.of(
              "pages",
              "Recall and pages per query",
              findings,
              samples,
              Figures.PAGES,
              Axis.log("pages per query")));
    }
    return section.build();
  }
}

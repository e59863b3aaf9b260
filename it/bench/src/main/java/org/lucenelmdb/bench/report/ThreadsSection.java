/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import java.util.SortedSet;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Recalls;
import org.lucenelmdb.bench.result.Samples;

/** Recall and rate of several search threads. */
final class ThreadsSection {

  private ThreadsSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "threads", "Several threads", "Queries per second of all search threads together.");
    Samples samples = findings.largest(Measure.SEARCH);
    SortedSet<Integer> several = samples.threadCounts().tailSet(2);
    for (int threads : several) {
      Samples selected = samples.threads(threads);
      String suffix = ", " + threads + " threads, " + Findings.vectors(selected);
      section.add(
          Grid.of(
              "Recall@" + findings.result().setup().k() + " and queries/s over ef" + suffix,
              findings,
              selected,
              "ef",
              selected.efs(),
              Samples::ef,
              List.of(Figures.RECALL, Figures.RATE)));
      AtRecalls.add(section, findings, selected, "Queries/s" + suffix, Figures.RATE);
      section.add(
          RecallPlot.of(
              "threads-" + threads,
              "Recall and rate, " + threads + " threads",
              findings,
              selected,
              Figures.RATE,
              Axis.log("queries/s")));
    }
    for (int threads : several) {
      section.add(scaling(findings, samples, threads));
    }
    return section.build();
  }

  private static Table scaling(Findings findings, Samples samples, int threads) {
    return Grid.byEngine(
        Format.text(
            "Queries/s at recall %.2f: ratio of %d threads to one thread", Recalls.MAIN, threads),
        findings,
        findings.engines(samples),
        List.of("times"),
        List.of(
            engine -> Format.ratio(rate(samples, engine, threads).over(rate(samples, engine, 1)))));
  }

  private static ByRound rate(Samples samples, EngineInfo engine, int threads) {
    return samples.engine(engine.name()).threads(threads).atRecall(Recalls.MAIN, Figures.RATE);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;
import java.util.function.Function;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** The memory of builds and searches. */
final class MemorySection {

  private MemorySection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "memory",
            "Memory",
            "MB. The peak heap depends on when the JVM collects garbage; the smallest heap"
                + " with which a build completes does not. Resident memory includes off-heap"
                + " memory and mapped files, which the system may drop.");
    Samples builds = findings.builds();
    if (!builds.isEmpty()) {
      section.add(peaks(findings, builds, "Build, MB, "));
    }
    Samples searches = findings.largest(Measure.SEARCH);
    if (!searches.isEmpty()) {
      section.add(peaks(findings, searches, "Search, MB, "));
    }
    Samples heaps = findings.largest(Measure.HEAP);
    if (!heaps.isEmpty()) {
      section.add(heaps(findings, heaps));
    }
    section.add(plot(findings, builds, heaps));
    return section.build();
  }

  private static Plot plot(Findings findings, Samples builds, Samples heaps) {
    Samples both =
        findings.samples().where(s -> s.measure() == Measure.BUILD || s.measure() == Measure.HEAP);
    return new BarPlot(
            "memory",
            "Memory of a build",
            Plot.Kind.GROUPED,
            findings,
            findings.engines(both),
            "MB",
            " MB")
        .part("smallest heap", c -> median(heaps, c, Figures.MIN_HEAP))
        .part("peak heap", c -> median(builds, c, Figures.PEAK_HEAP))
        .part("peak resident", c -> median(builds, c, Figures.PEAK_RESIDENT))
        .build();
  }

  private static double median(Samples samples, EngineInfo engine, String figure) {
    return samples.engine(engine.name()).figure(figure).median();
  }

  private static Table peaks(Findings findings, Samples samples, String title) {
    Function<EngineInfo, ByRound> heap = c -> samples.engine(c.name()).figure(Figures.PEAK_HEAP);
    Function<EngineInfo, ByRound> resident =
        c -> samples.engine(c.name()).figure(Figures.PEAK_RESIDENT);
    return Grid.byEngine(
        title + Findings.vectors(samples),
        findings,
        findings.engines(samples),
        List.of("peak heap", findings.oursHeader(), "peak resident", findings.oursHeader()),
        List.of(
            c -> Format.spread(heap.apply(c)),
            c -> Format.ratio(findings.oursToIt(c, heap)),
            c -> Format.spread(resident.apply(c)),
            c -> Format.ratio(findings.oursToIt(c, resident))));
  }

  private static Table heaps(Findings findings, Samples samples) {
    Function<EngineInfo, ByRound> least = c -> samples.engine(c.name()).figure(Figures.MIN_HEAP);
    return Grid.byEngine(
        "Smallest tried heap with which a build completes, MB, " + Findings.vectors(samples),
        findings,
        findings.engines(samples),
        List.of(
            "completes with",
            "fails with",
            findings.baselineHeader(),
            findings.oursHeader(),
            "build, s",
            "peak resident"),
        List.of(
            c -> Format.number(least.apply(c)),
            c -> Format.number(samples.engine(c.name()).figure(Figures.FAILED_HEAP)),
            c -> Format.ratio(findings.toBaseline(c, least)),
            c -> Format.ratio(findings.oursToIt(c, least)),
            c -> Format.number(samples.engine(c.name()).figure(Figures.BUILD)),
            c -> Format.number(samples.engine(c.name()).figure(Figures.PEAK_RESIDENT))));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Samples;

/** The time to add all vectors and to merge them. */
final class BuildSection {

  private BuildSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "build",
            "Build",
            "Seconds to add all vectors and commit (add), and to merge them into one"
                + " segment afterwards (force merge), without reading the vectors; flush and"
                + " merge are parts of add. Engines that share an index are built once.");
    Samples samples = findings.largest(Measure.BUILD).having(Figures.BUILD);
    for (int threads : samples.threadCounts()) {
      Samples selected = samples.threads(threads);
      String suffix =
          (samples.threadCounts().size() == 1 && threads == 1 ? "" : threads(threads))
              + ", "
              + Findings.vectors(selected);
      section.add(times(findings, selected, suffix));
      section.add(recalls(findings, selected, suffix));
      section.add(plot(findings, selected, threads, suffix));
    }
    return section.build();
  }

  private static String threads(int threads) {
    return ", " + threads + (threads == 1 ? " thread" : " threads");
  }

  private static Table times(Findings findings, Samples samples, String suffix) {
    Function<EngineInfo, ByRound> build = c -> samples.engine(c.name()).figure(Figures.BUILD);
    List<String> headers =
        new ArrayList<>(List.of("add", "flush", "merge", "force merge", "build", "CPU"));
    List<Function<EngineInfo, String>> cells = new ArrayList<>();
    for (String figure : List.of(Figures.ADD, Figures.FLUSH, Figures.MERGE, Figures.FORCE_MERGE)) {
      cells.add(cell(samples, figure));
    }
    cells.add(c -> Format.spread(build.apply(c)));
    cells.add(cell(samples, Figures.BUILD_CPU));
    headers.add("build " + findings.baselineHeader());
    cells.add(c -> Format.ratio(findings.toBaseline(c, build)));
    headers.add(findings.oursHeader());
    cells.add(c -> Format.ratio(findings.oursToIt(c, build)));
    return Grid.byEngine("Seconds" + suffix, findings, findings.engines(samples), headers, cells);
  }

  /**
   * Build time beside the recall of the built graph: a faster build is only better if its graph is
   * as good.
   */
  private static Table recalls(Findings findings, Samples samples, String suffix) {
    Function<EngineInfo, ByRound> build = c -> samples.engine(c.name()).figure(Figures.BUILD);
    List<String> headers = new ArrayList<>(List.of("build, s"));
    List<Function<EngineInfo, String>> cells = new ArrayList<>();
    cells.add(c -> Format.spread(build.apply(c)));
    List<String> figures =
        samples.figures().stream().filter(f -> f.startsWith(Figures.BUILT_RECALL_PREFIX)).toList();
    for (String figure : figures) {
      headers.add("at ef " + figure.substring(Figures.BUILT_RECALL_PREFIX.length()));
      cells.add(c -> Format.recall(samples.engine(c.name()).figure(figure)));
    }
    return Grid.byEngine(
        "Build and recall@" + findings.result().setup().k() + " of its graph" + suffix,
        findings,
        figures.isEmpty() ? List.of() : findings.engines(samples),
        headers,
        cells);
  }

  private static Plot plot(Findings findings, Samples samples, int threads, String suffix) {
    return new BarPlot(
            "build-" + threads,
            "Build" + suffix,
            Plot.Kind.STACKED,
            findings,
            findings.engines(samples),
            "seconds",
            " s")
        .part("add", c -> median(samples, c, Figures.ADD))
        .part("force merge", c -> median(samples, c, Figures.FORCE_MERGE))
        .part("not told apart", c -> rest(samples, c))
        .build();
  }

  /** The time that belongs to no part: external libraries report only the total. */
  private static double rest(Samples samples, EngineInfo engine) {
    double known =
        Stream.of(Figures.ADD, Figures.FORCE_MERGE)
            .mapToDouble(figure -> median(samples, engine, figure))
            .filter(seconds -> !Double.isNaN(seconds))
            .sum();
    double all = median(samples, engine, Figures.BUILD);
    // The medians of parts do not add up to the median of the total.
    return all - known > 0.05 * all ? all - known : 0;
  }

  private static double median(Samples samples, EngineInfo engine, String figure) {
    return samples.engine(engine.name()).figure(figure).median();
  }

  private static Function<EngineInfo, String> cell(Samples samples, String figure) {
    return c -> Format.number(samples.engine(c.name()).figure(figure));
  }
}

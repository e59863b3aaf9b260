/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.FilterInfo;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.Samples;
import org.lucenelmdb.bench.result.TargetStrategy;

/** Searches with a target recall: the recall they reach, and their cost. */
final class TargetSection {

  private TargetSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "target",
            "Target recall",
            "Searches that get a target recall and nothing else, 1 thread; engines that"
                + " support it. Expected: the recall that searches estimate themselves. Bad"
                + " queries miss at least 30 % of the hits they could have found. Expanded: nodes"
                + " whose links are read. Visited: codes that are scored, or vectors if there are"
                + " no codes.");
    Samples all = findings.samples().measure(Measure.TARGET);
    Samples unfiltered = all.filter(null);
    for (int size : all.sizes()) {
      section.add(unfiltered(findings, unfiltered.vectors(size), size));
    }
    for (int size : all.sizes()) {
      section.add(filtered(findings, all.vectors(size), size));
    }
    if (!unfiltered.isEmpty()) {
      section.add(plot(findings, unfiltered));
    }
    return section.build();
  }

  /** Groups by target recall, ascending. */
  private static SortedMap<Double, Samples> byTarget(Samples samples) {
    SortedMap<Double, Samples> byTarget = new TreeMap<>();
    for (Map.Entry<String, Samples> entry : samples.by(Sample::strategy).entrySet()) {
      TargetStrategy.recall(entry.getKey())
          .ifPresent(target -> byTarget.put(target, entry.getValue()));
    }
    return byTarget;
  }

  private static Table unfiltered(Findings findings, Samples samples, int size) {
    Table.Builder table = table(findings, "Target recall, " + vectors(size), "engine", "target");
    for (EngineInfo engine : findings.engines(samples)) {
      byTarget(samples.engine(engine.name()))
          .forEach(
              (target, selected) ->
                  table.row(row(findings, selected, findings.name(engine), target.toString())));
    }
    return table.build();
  }

  private static Table filtered(Findings findings, Samples samples, int size) {
    Table.Builder table =
        table(
            findings, "Target recall with filters, " + vectors(size), "engine", "filter", "target");
    List<FilterInfo> filters =
        FilterSection.filters(findings, samples).stream()
            .sorted(Comparator.comparingDouble(FilterInfo::selectivity).reversed())
            .toList();
    for (EngineInfo engine : findings.engines(samples)) {
      for (FilterInfo filter : filters) {
        byTarget(samples.engine(engine.name()).filter(filter.name()))
            .forEach(
                (target, selected) ->
                    table.row(
                        row(
                            findings,
                            selected,
                            findings.name(engine),
                            filter.name(),
                            target.toString())));
      }
    }
    return table.build();
  }

  private static String vectors(int size) {
    return Format.count(size) + " vectors";
  }

  private static Table.Builder table(Findings findings, String title, String... keys) {
    Table.Builder table = Table.builder(title, keys.length, keys);
    List.of("reached", "expected", "bad queries", "queries/s", "expanded", "visited", "reranked")
        .forEach(table::column);
    if (isLimited(findings)) {
      table.column("pages read").column("major faults");
    }
    return table;
  }

  /** Otherwise all of the index stays in memory. */
  private static boolean isLimited(Findings findings) {
    return findings.result().setup().memoryLimitMegabytes() != null;
  }

  private static List<String> row(Findings findings, Samples samples, String... keys) {
    List<String> row = new ArrayList<>(List.of(keys));
    row.add(Format.recall(samples.figure(Figures.RECALL)));
    row.add(Format.recall(samples.figure(Figures.EXPECTED_RECALL)));
    row.add(Format.percent(samples.figure(Figures.BAD)));
    row.add(Format.number(samples.figure(Figures.RATE)));
    row.add(Format.number(samples.figure(Figures.EXPANDED_NODES)));
    row.add(Format.number(samples.figure(Figures.VISITS)));
    row.add(Format.number(samples.figure(Figures.RERANKED)));
    if (isLimited(findings)) {
      row.add(Format.number(samples.figure(Figures.READ_PAGES)));
      row.add(Format.number(samples.figure(Figures.MAJOR_FAULTS)));
    }
    return row;
  }

  /** A line for each engine and size; on the diagonal, recall equals the target. */
  private static Plot plot(Findings findings, Samples samples) {
    String recall = "recall@" + findings.result().setup().k();
    double[] recalls =
        DoubleStream.concat(
                byTarget(samples).keySet().stream().mapToDouble(Double::doubleValue),
                samples.list().stream().mapToDouble(s -> s.value(Figures.RECALL)))
            .toArray();
    Axis asked = RecallPlot.axis(recall + " requested", recalls);
    Axis reached = RecallPlot.axis(recall + " reached", recalls);
    Plot.Builder plot =
        Plot.lines("target", "Target recall: requested and reached", asked, reached);
    plot.series(
        "as requested", Style.REFERENCE, List.of(asAsked(asked.min()), asAsked(asked.max())));
    List<Integer> sizes = List.copyOf(samples.sizes());
    for (int size : sizes) {
      Samples ofSize = samples.vectors(size);
      for (EngineInfo engine : findings.engines(ofSize)) {
        plot.series(
            findings.name(engine) + (sizes.size() == 1 ? "" : ", " + vectors(size)),
            style(findings, engine, sizes.indexOf(size), sizes.size()),
            points(ofSize.engine(engine.name())));
      }
    }
    return plot.build();
  }

  private static Plot.Point asAsked(double recall) {
    return new Plot.Point(recall, recall, "recall " + Format.recall(recall));
  }

  /** The engine's style, with a shade and a symbol for each size. */
  private static Style style(Findings findings, EngineInfo engine, int size, int sizes) {
    Style style = findings.style(engine);
    return new Style(
        style.index() + size * findings.result().engines().size(),
        style.family(),
        style.shade() * sizes + size,
        style.shades() * sizes);
  }

  private static List<Plot.Point> points(Samples samples) {
    List<Plot.Point> points = new ArrayList<>();
    byTarget(samples)
        .forEach(
            (target, selected) -> {
              ByRound recall = selected.figure(Figures.RECALL);
              points.add(
                  new Plot.Point(
                      target,
                      recall.median(),
                      "requested "
                          + target
                          + "\n"
                          + Format.number(selected.figure(Figures.RATE))
                          + " queries/s\nrecall "
                          + Format.recall(recall)));
            });
    return points;
  }
}

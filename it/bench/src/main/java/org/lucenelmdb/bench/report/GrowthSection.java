/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Growth;
import org.lucenelmdb.bench.result.KeyFigures;
import org.lucenelmdb.bench.result.Recalls;

/** The key figures over the number of vectors. */
final class GrowthSection {

  private GrowthSection() {}

  /** The key figures for capacity planning; all of them would fill pages. */
  private static final Set<String> FIGURES =
      Set.of(
          KeyFigures.rateAt(Recalls.MAIN, 1),
          KeyFigures.rateAt(0.99, 1),
          KeyFigures.PAGES_AT_MAIN,
          KeyFigures.name(Figures.BUILD),
          KeyFigures.name(Figures.PEAK_HEAP),
          KeyFigures.name(Figures.BYTES),
          KeyFigures.MIN_HEAP);

  /** An engine's figure by the number of vectors. */
  private record Line(EngineInfo engine, SortedMap<Integer, Double> values) {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "growth",
            "Growth",
            "The exponent b of the best-fitting power law vectors^b: 1 is linear growth, 0"
                + " is no growth, and a falling rate has a negative exponent.");
    SortedSet<Integer> sizes = findings.samples().sizes();
    if (sizes.size() > 1) {
      lines(findings, sizes)
          .forEach(
              (figure, lines) -> {
                section.add(table(findings, sizes, figure, lines));
                section.add(plot(findings, figure, lines));
              });
    }
    return section.build();
  }

  /** The lines of each figure that was measured at several sizes. */
  private static Map<String, List<Line>> lines(Findings findings, SortedSet<Integer> sizes) {
    Map<String, List<Line>> lines = new LinkedHashMap<>();
    for (EngineInfo engine : findings.engines(findings.samples())) {
      Map<String, SortedMap<Integer, Double>> figures = new LinkedHashMap<>();
      for (int size : sizes) {
        KeyFigures.of(findings.samples(), engine.name(), size)
            .forEach(
                (key, values) ->
                    figures
                        .computeIfAbsent(key.name(), k -> new TreeMap<>())
                        .put(size, values.median()));
      }
      figures.forEach(
          (name, values) -> {
            if (values.size() > 1 && FIGURES.contains(name)) {
              lines.computeIfAbsent(name, n -> new ArrayList<>()).add(new Line(engine, values));
            }
          });
    }
    return lines;
  }

  private static Plot plot(Findings findings, String figure, List<Line> lines) {
    Plot.Builder plot =
        Plot.lines(
            "growth-" + figure.replaceAll("[^a-zA-Z0-9]+", "-"),
            "Growth: " + figure,
            Axis.log("vectors"),
            Axis.log(figure));
    for (Line line : lines) {
      List<Plot.Point> points = new ArrayList<>();
      line.values.forEach(
          (size, value) ->
              points.add(
                  new Plot.Point(
                      size, value, Format.count(size) + " vectors\n" + Format.number(value))));
      plot.series(
          findings.name(line.engine) + " (exponent " + exponent(line.values) + ")",
          findings.style(line.engine),
          points);
    }
    return plot.build();
  }

  private static Table table(
      Findings findings, SortedSet<Integer> all, String figure, List<Line> lines) {
    Set<Integer> sizes = new LinkedHashSet<>(all);
    Table.Builder table = Table.builder(figure + ", over vectors", 1, "engine");
    sizes.forEach(size -> table.column(Format.count(size)));
    table.column("exponent");
    for (Line line : lines) {
      List<String> row = new ArrayList<>(List.of(findings.name(line.engine)));
      sizes.forEach(size -> row.add(Format.number(line.values.getOrDefault(size, Double.NaN))));
      row.add(exponent(line.values));
      table.row(row);
    }
    return table.build();
  }

  private static String exponent(Map<Integer, Double> values) {
    OptionalDouble exponent = Growth.exponent(values);
    return exponent.isPresent() ? Format.text("%.2f", exponent.getAsDouble()) : Format.NONE;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.lucenelmdb.bench.result.BestStrategy;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.FilterInfo;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Recalls;
import org.lucenelmdb.bench.result.Samples;

/** Searches with a filter. */
final class FilterSection {

  private FilterSection() {}

  static Section of(Findings findings) {
    Section.Builder section =
        Section.builder(
            "filters",
            "Filters",
            "Queries per second with the best strategy for the filter at the recall."
                + " lucene-lmdb plans its strategy by default. Plan tables show the planned"
                + " strategies and the times of forced ones, in parentheses if their recall is"
                + " too low. Near and far: the queries resemble the vectors that pass, or those"
                + " that do not. Lucene's formats get the filter as a term query, which each"
                + " search evaluates; jvector gets a bit set. External engines are not measured.");
    Samples samples = findings.largest(Measure.FILTER).threads(1);
    if (samples.isEmpty()) {
      samples = findings.largest(Measure.FILTER);
    }
    if (!samples.isEmpty()) {
      Samples selected = samples;
      String suffix = ", " + Findings.vectors(selected);
      section.add(
          overview(
              "Queries/s at recall " + Format.target(Recalls.MAIN) + suffix,
              findings,
              selected,
              (filter, c) -> Format.number(best(selected, filter, c, Recalls.MAIN).rates())));
      section.add(
          overview(
              "Queries/s, " + findings.oursTitle(),
              findings,
              selected,
              (filter, c) ->
                  Format.ratio(
                      findings.oursToIt(
                          c, other -> best(selected, filter, other, Recalls.MAIN).rates()))));
      findings
          .engines(selected)
          .forEach(engine -> section.add(PlanTable.of(findings, selected, engine)));
      for (FilterInfo filter : filters(findings, selected)) {
        section.add(details(findings, selected.filter(filter.name()), filter));
      }
      section.add(shortAnswers(findings, selected));
      filters(findings, selected).stream()
          .map(FilterSection::relation)
          .distinct()
          .forEach(relation -> section.add(plot(findings, selected, relation)));
    }
    return section.build();
  }

  /** The filters of the samples, in the order of the result. */
  static List<FilterInfo> filters(Findings findings, Samples samples) {
    return findings.result().filters().stream()
        .filter(f -> !samples.filter(f.name()).isEmpty())
        .toList();
  }

  static BestStrategy best(Samples samples, FilterInfo filter, EngineInfo engine, double recall) {
    return BestStrategy.of(samples.filter(filter.name()).engine(engine.name()), recall);
  }

  private static String relation(FilterInfo filter) {
    return Objects.requireNonNullElse(filter.relation(), "");
  }

  private static Plot plot(Findings findings, Samples samples, String relation) {
    Plot.Builder plot =
        Plot.lines(
            "filters-" + relation.replaceAll("[^a-zA-Z0-9]", "-"),
            Format.text("Filters, %s queries: rate at recall %.2f", relation, Recalls.MAIN),
            new Axis("share of vectors that pass", true, "percent", null, null, null),
            Axis.log("queries/s"));
    List<FilterInfo> selected =
        filters(findings, samples).stream()
            .filter(f -> relation(f).equals(relation))
            .sorted(Comparator.comparingDouble(FilterInfo::selectivity))
            .toList();
    for (EngineInfo engine : findings.engines(samples)) {
      List<Plot.Point> points = new ArrayList<>();
      for (FilterInfo filter : selected) {
        BestStrategy best = best(samples, filter, engine, Recalls.MAIN);
        points.add(
            new Plot.Point(
                filter.selectivity(),
                best.rates().median(),
                filter.name()
                    + (best.strategy().isEmpty() ? "" : "\nstrategy " + best.strategy())
                    + "\n"
                    + Format.percent(filter.selectivity())
                    + " pass\n"
                    + Format.spread(best.rates())
                    + " queries/s"));
      }
      plot.series(findings.name(engine), findings.style(engine), points);
    }
    return plot.build();
  }

  private static Table overview(
      String title,
      Findings findings,
      Samples samples,
      BiFunction<FilterInfo, EngineInfo, String> cell) {
    List<EngineInfo> engines = findings.engines(samples);
    Table.Builder table = Table.builder(title, 2, "filter", "passes");
    engines.forEach(c -> table.column(findings.name(c)));
    for (FilterInfo filter : filters(findings, samples)) {
      List<String> row =
          new ArrayList<>(List.of(filter.name(), Format.percent(filter.selectivity())));
      engines.forEach(c -> row.add(cell.apply(filter, c)));
      table.row(row);
    }
    return table.build();
  }

  private static Table details(Findings findings, Samples samples, FilterInfo filter) {
    List<String> headers = new ArrayList<>();
    List<Function<EngineInfo, String>> cells = new ArrayList<>();
    for (double recall : Recalls.FILTERED) {
      Function<EngineInfo, BestStrategy> best = c -> best(samples, filter, c, recall);
      Function<EngineInfo, ByRound> rates = c -> best.apply(c).rates();
      headers.add("queries/s at " + Format.target(recall));
      cells.add(c -> Format.number(rates.apply(c)));
      headers.add("strategy");
      cells.add(c -> best.apply(c).strategy());
      headers.add(findings.baselineHeader());
      cells.add(c -> Format.ratio(findings.toBaseline(c, rates)));
      headers.add(findings.oursHeader());
      cells.add(c -> Format.ratio(findings.oursToIt(c, rates)));
    }
    return Grid.byEngine(
        Format.text(
            "Filter %s: %s vectors pass, %s; %s, %s queries",
            filter.name(),
            Format.count(filter.accepted()),
            Format.percent(filter.selectivity()),
            relation(filter),
            Format.count(filter.queries())),
        findings,
        findings.engines(samples),
        headers,
        cells);
  }

  /** Empty if every query got all its hits, as expected. */
  private static Table shortAnswers(Findings findings, Samples samples) {
    Table.Builder table =
        Table.builder(
            "Queries with fewer hits than possible", 3, "engine", "filter", "strategy", "maximum");
    for (EngineInfo engine : findings.engines(samples)) {
      for (FilterInfo filter : filters(findings, samples)) {
        samples
            .engine(engine.name())
            .filter(filter.name())
            .by(s -> s.strategy())
            .forEach(
                (strategy, selected) -> {
                  double most = most(selected);
                  if (most > 0) {
                    table.row(
                        findings.name(engine),
                        filter.name(),
                        strategy,
                        Format.count(Math.round(most)));
                  }
                });
      }
    }
    return table.build();
  }

  private static double most(Samples samples) {
    return samples.list().stream()
        .mapToDouble(s -> s.values().getOrDefault(Figures.SHORT, 0.0))
        .max()
        .orElse(0);
  }
}

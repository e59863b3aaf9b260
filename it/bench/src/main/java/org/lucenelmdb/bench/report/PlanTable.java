/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.lucenelmdb.bench.result.BestStrategy;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.FilterInfo;
import org.lucenelmdb.bench.result.PlannedSearch;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.Samples;

/** Compares the strategies that an engine plans with forced ones: a row for each filter. */
final class PlanTable {

  private PlanTable() {}

  /**
   * Returns an empty table if the engine does not plan.
   *
   * @param samples of filters, at one size
   */
  static Table of(Findings findings, Samples samples, EngineInfo engine) {
    Samples selected = samples.engine(engine.name());
    List<PlannedSearch> searches = PlannedSearch.of(selected);
    List<String> strategies =
        selected.by(Sample::strategy).keySet().stream().filter(BestStrategy::isForced).toList();
    Table.Builder table =
        Table.builder(
            searches.isEmpty() ? "" : title(findings, selected, engine, searches),
            2,
            "filter",
            "passes",
            "recall",
            "us",
            "/ best");
    strategies.forEach(strategy -> table.column(words(strategy) + ", us"));
    List.of("estimated", "visits", "switches", "plan").forEach(table::column);
    for (FilterInfo filter : findings.result().filters()) {
      searches.stream()
          .filter(search -> search.filter().equals(filter.name()))
          .forEach(search -> table.row(row(filter, search, strategies)));
    }
    return table.build();
  }

  private static String title(
      Findings findings, Samples samples, EngineInfo engine, List<PlannedSearch> searches) {
    Samples forced = samples.where(s -> BestStrategy.isForced(s.strategy()));
    double unfiltered = searches.getFirst().unfilteredRecall();
    return Format.text(
        "Plan of %s, ef %s, %s: at most %s times the best strategy on %s; recall of at"
            + " least %s on %s; recall more than %s below that without a filter (%s) on %s",
        findings.name(engine),
        Format.count(forced.efs().first()),
        Findings.vectors(samples),
        Format.text("%.1f", PlannedSearch.GOOD),
        count(searches, PlannedSearch::isGood) + " filters",
        Format.target(PlannedSearch.ENOUGH),
        count(searches, PlannedSearch::isEnough),
        Format.target(PlannedSearch.TOLERANCE),
        Format.recall(unfiltered),
        count(searches, PlannedSearch::isBelowUnfiltered));
  }

  private static String count(List<PlannedSearch> searches, Predicate<PlannedSearch> which) {
    return searches.stream().filter(which).count() + " of " + searches.size();
  }

  private static List<String> row(
      FilterInfo filter, PlannedSearch search, List<String> strategies) {
    List<String> row = new ArrayList<>();
    row.add(filter.name());
    row.add(Format.percent(filter.selectivity()));
    row.add(Format.recall(search.recall()));
    row.add(Format.number(search.micros()));
    row.add(Double.isNaN(search.toBest()) ? Format.NONE : Format.text("%.2f", search.toBest()));
    for (String strategy : strategies) {
      PlannedSearch.Forced forced = search.forced().get(strategy);
      row.add(forced == null ? Format.NONE : time(forced));
    }
    row.add(Format.number(search.estimatedVisits()));
    row.add(Format.number(search.visits()));
    row.add(Format.number(search.switches()));
    row.add(plans(search.plans()));
    return row;
  }

  private static String time(PlannedSearch.Forced forced) {
    String micros = Format.number(forced.micros());
    return forced.counts() ? micros : "(" + micros + ")";
  }

  private static String plans(Map<String, Double> plans) {
    return plans.isEmpty()
        ? Format.NONE
        : plans.entrySet().stream()
            .map(plan -> words(plan.getKey()) + " " + Format.percent(plan.getValue()))
            .collect(Collectors.joining(", "));
  }

  /** A strategy's name for readers, such as {@code post-filtered}. */
  private static String words(String strategy) {
    return strategy
        .replaceFirst("^" + BestStrategy.forced(""), "")
        .toLowerCase(Locale.ROOT)
        .replace('_', '-');
  }
}

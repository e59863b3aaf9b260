/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The strategy that an engine planned for a filter, beside its forced strategies; medians over
 * rounds, at one ef.
 *
 * @param filter its name
 * @param recall of the plan
 * @param unfilteredRecall of all queries without a filter; NaN if unknown
 * @param micros microseconds per query by the plan, on average
 * @param plans the share of queries by the strategies they used, most frequent first; empty if the
 *     engine does not report it, or had no choice
 * @param visits the number of vectors scored per query; NaN if unknown
 * @param estimatedVisits the expected number; NaN if unknown
 * @param switches the number of strategy changes per query; NaN if unknown
 * @param forced the forced strategies, by name
 */
public record PlannedSearch(
    String filter,
    double recall,
    double unfilteredRecall,
    double micros,
    Map<String, Double> plans,
    double visits,
    double estimatedVisits,
    double switches,
    Map<String, Forced> forced) {

  /** A plan is good if it takes at most this many times as long as the best strategy. */
  public static final double GOOD = 1.3;

  /** A recall that is sufficient regardless of other strategies. */
  public static final double ENOUGH = 0.98;

  /** Recalls within this difference count as equal. */
  public static final double TOLERANCE = 0.01;

  private static final double ROUNDING = 1e-9;
  private static final double MICROS = 1e6;

  /**
   * A forced strategy.
   *
   * @param micros microseconds per query, on average
   * @param counts whether the recall is high enough for the strategy to be planned
   */
  public record Forced(double recall, double micros, boolean counts) {}

  /**
   * Evaluates the samples of one engine and size; filters without forced strategies are left out.
   */
  public static List<PlannedSearch> of(Samples samples) {
    List<PlannedSearch> planned = new ArrayList<>();
    for (Map.Entry<String, Samples> entry : samples.by(Sample::filter).entrySet()) {
      Samples forced = entry.getValue().where(s -> BestStrategy.isForced(s.strategy()));
      if (forced.efs().isEmpty() == false) {
        Integer ef = forced.efs().first();
        Samples plan = entry.getValue().where(s -> BestStrategy.isForced(s.strategy()) == false);
        if (plan.ef(ef).isEmpty() == false) {
          planned.add(of(entry.getKey(), plan.ef(ef), forced.ef(ef)));
        }
      }
    }
    return planned;
  }

  private static PlannedSearch of(String filter, Samples plan, Samples forced) {
    double recall = plan.figure(Figures.RECALL).median();
    Map<String, Forced> others = new LinkedHashMap<>();
    forced
        .by(Sample::strategy)
        .forEach(
            (strategy, selected) -> {
              double other = selected.figure(Figures.RECALL).median();
              boolean counts = other + ROUNDING >= Math.min(ENOUGH, recall - TOLERANCE);
              others.put(strategy, new Forced(other, micros(selected), counts));
            });
    return new PlannedSearch(
        filter,
        recall,
        plan.figure(Figures.UNFILTERED_RECALL).median(),
        micros(plan),
        plans(plan),
        plan.figure(Figures.VISITS).median(),
        plan.figure(Figures.ESTIMATED_VISITS).median(),
        plan.figure(Figures.SWITCHES).median(),
        others);
  }

  private static double micros(Samples samples) {
    return MICROS / samples.figure(Figures.RATE).median();
  }

  private static Map<String, Double> plans(Samples samples) {
    Map<String, Double> plans = new LinkedHashMap<>();
    samples.figures().stream()
        .filter(name -> name.startsWith(Figures.PLAN_PREFIX))
        .sorted(Comparator.comparingDouble(name -> -samples.figure(name).median()))
        .forEach(
            name ->
                plans.put(
                    name.substring(Figures.PLAN_PREFIX.length()), samples.figure(name).median()));
    return plans;
  }

  /**
   * The time of the plan divided by that of the best forced strategy; NaN if none of them counts.
   */
  public double toBest() {
    return micros
        / forced.values().stream()
            .filter(Forced::counts)
            .mapToDouble(Forced::micros)
            .min()
            .orElse(Double.NaN);
  }

  /** Whether no strategy that could have been planned is much faster. */
  public boolean isGood() {
    return toBest() > GOOD == false;
  }

  /** Whether the recall is sufficient. */
  public boolean isEnough() {
    return recall + ROUNDING >= ENOUGH;
  }

  /** Whether the filter costs recall. */
  public boolean isBelowUnfiltered() {
    return recall + ROUNDING < unfilteredRecall - TOLERANCE;
  }
}

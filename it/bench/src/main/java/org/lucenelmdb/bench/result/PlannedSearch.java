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
 * How an engine that chooses its strategy by itself did with a filter, beside what each of its
 * strategies does when it is forced; medians over rounds, all at one ef.
 *
 * @param filter its name
 * @param recall of the plan
 * @param unfilteredRecall of all queries without a filter; NaN if it is not known
 * @param micros that a query takes by the plan, on average
 * @param plans which strategies were taken by which part of the queries, most frequent first; empty
 *     if the engine does not say, or had nothing to choose
 * @param visits what a query scored; NaN if it is not known
 * @param estimatedVisits what it was expected to score, likewise
 * @param switches how often a query changed its strategy, likewise
 * @param forced by the names of strategies
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

  /** A plan is good if it takes no longer than so many times what the best strategy does. */
  public static final double GOOD = 1.3;

  /** A recall that is enough, whatever others have. */
  public static final double ENOUGH = 0.98;

  /** Recalls that differ by no more are as good as each other. */
  public static final double TOLERANCE = 0.01;

  private static final double ROUNDING = 1e-9;
  private static final double MICROS = 1e6;

  /**
   * A strategy that was forced.
   *
   * @param micros that a query takes, on average
   * @param counts whether the recall is such that it could have been planned
   */
  public record Forced(double recall, double micros, boolean counts) {}

  /** Of samples of one engine and size; those filters are left out of which nothing is forced. */
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
            (strategy, some) -> {
              double other = some.figure(Figures.RECALL).median();
              boolean counts = other + ROUNDING >= Math.min(ENOUGH, recall - TOLERANCE);
              others.put(strategy, new Forced(other, micros(some), counts));
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

  /** The time of the plan by that of the best forced strategy; NaN if none of them counts. */
  public double toBest() {
    return micros
        / forced.values().stream()
            .filter(Forced::counts)
            .mapToDouble(Forced::micros)
            .min()
            .orElse(Double.NaN);
  }

  /** Whether nothing that could have been planned is much faster. */
  public boolean isGood() {
    return toBest() > GOOD == false;
  }

  /** Whether the recall is what it is to be with any filter. */
  public boolean isEnough() {
    return recall + ROUNDING >= ENOUGH;
  }

  /** Whether a filter costs recall. */
  public boolean isBelowUnfiltered() {
    return recall + ROUNDING < unfilteredRecall - TOLERANCE;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Map;

/**
 * The strategy with which an engine is fastest at a recall, by the median over rounds: the best
 * choice if the filter is known in advance. Forced strategies are left out.
 *
 * @param strategy its name; empty for an engine that has only one
 * @param rates queries per second in each round; none if no strategy reaches the recall
 */
public record BestStrategy(String strategy, ByRound rates) {

  private static final String FORCED_PREFIX = "forced ";

  /** The name of a strategy that is forced, for comparison with the engine's own choice. */
  public static String forced(String name) {
    return FORCED_PREFIX + name;
  }

  /** Whether a strategy is forced; null is not. */
  public static boolean isForced(String strategy) {
    return strategy != null && strategy.startsWith(FORCED_PREFIX);
  }

  /** Finds the best strategy in the samples of one engine, filter and size. */
  public static BestStrategy of(Samples samples, double recall) {
    Samples chosen = samples.where(s -> isForced(s.strategy()) == false);
    BestStrategy best = new BestStrategy("", ByRound.NONE);
    for (Map.Entry<String, Samples> entry : chosen.by(Sample::strategy).entrySet()) {
      ByRound rates = entry.getValue().atRecall(recall, Figures.RATE);
      if (!rates.isEmpty() && (best.rates.isEmpty() || rates.median() > best.rates.median())) {
        best = new BestStrategy(entry.getKey(), rates);
      }
    }
    return best;
  }

  public boolean isPresent() {
    return !rates.isEmpty();
  }
}

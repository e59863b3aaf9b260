/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Map;

/**
 * The strategy with which an engine is fastest at a recall, by the median over rounds: one who
 * knows the filter would choose it. Strategies that are forced upon an engine which chooses by
 * itself are left out.
 *
 * @param strategy its name; empty for an engine that has only one way
 * @param rates queries per second in each round; none where no strategy reaches the recall
 */
public record BestStrategy(String strategy, ByRound rates) {

  private static final String FORCED_PREFIX = "forced ";

  /** The name of a strategy that is there to be compared with what the engine chooses. */
  public static String forced(String name) {
    return FORCED_PREFIX + name;
  }

  /** Whether a strategy is such a one; null is none. */
  public static boolean isForced(String strategy) {
    return strategy != null && strategy.startsWith(FORCED_PREFIX);
  }

  /** Of samples of one engine, filter and size. */
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

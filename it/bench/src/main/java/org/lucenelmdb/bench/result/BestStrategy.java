/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Map;

/**
 * The strategy with which a contestant is fastest at a recall, by the median over rounds: one who
 * knows the filter would choose it.
 *
 * @param strategy its name; empty for a contestant that has only one way
 * @param rates queries per second in each round; none where no strategy reaches the recall
 */
public record BestStrategy(String strategy, ByRound rates) {

  /** Of samples of one contestant, filter and size. */
  public static BestStrategy of(Samples samples, double recall) {
    BestStrategy best = new BestStrategy("", ByRound.NONE);
    for (Map.Entry<String, Samples> entry : samples.by(Sample::strategy).entrySet()) {
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

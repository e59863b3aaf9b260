/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One figure in each round that has it. Within a round, engines are measured one after the other,
 * so a ratio within a round is less affected by other load on the machine than a ratio of medians.
 *
 * @param values the figure by round
 */
public record ByRound(SortedMap<Integer, Double> values) {

  /** A figure that no round has. */
  public static final ByRound NONE = new ByRound(Collections.emptySortedMap());

  public ByRound {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** Creates a figure from values by round, in any order. */
  public static ByRound of(Map<Integer, Double> values) {
    return new ByRound(new TreeMap<>(values));
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public Spread spread() {
    return Spread.of(values.values());
  }

  /** NaN if there is no value. */
  public double median() {
    return spread().median();
  }

  /** The ratio of this to the other in every round that has both. */
  public ByRound over(ByRound other) {
    SortedMap<Integer, Double> ratios = new TreeMap<>();
    values.forEach(
        (round, value) -> {
          double divisor = other.values.getOrDefault(round, 0.0);
          if (divisor != 0) {
            ratios.put(round, value / divisor);
          }
        });
    return new ByRound(ratios);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.query;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lucenelmdb.LmdbHnswFilterStrategy;

/** Names of filter strategies in requests and reports. */
public final class StrategyNames {

  private StrategyNames() {}

  /** The name of a strategy. */
  public static String nameOf(LmdbHnswFilterStrategy strategy) {
    return strategy.name().toLowerCase(Locale.ROOT);
  }

  /**
   * Finds a strategy by its name.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  static LmdbHnswFilterStrategy strategyOf(String name) {
    for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
      if (nameOf(strategy).equals(name)) {
        return strategy;
      }
    }
    throw new IllegalArgumentException(
        "[filter_strategy] expects one of "
            + Arrays.stream(LmdbHnswFilterStrategy.values())
                .map(StrategyNames::nameOf)
                .collect(Collectors.joining(", "))
            + "; found ["
            + name
            + "]");
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.OptionalDouble;

/** The names of strategies with a target recall. */
public final class TargetStrategy {

  private static final String PREFIX = "target ";

  private TargetStrategy() {}

  /** The name of the strategy with a target recall. */
  public static String of(double recall) {
    return PREFIX + recall;
  }

  /** The target recall of a strategy; empty for other strategies, or null. */
  public static OptionalDouble recall(String strategy) {
    return strategy != null && strategy.startsWith(PREFIX)
        ? OptionalDouble.of(Double.parseDouble(strategy.substring(PREFIX.length())))
        : OptionalDouble.empty();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.OptionalDouble;

/** The names of strategies that are told a recall, and choose by themselves what it takes. */
public final class TargetStrategy {

  private static final String PREFIX = "target ";

  private TargetStrategy() {}

  /** The name of the strategy that is to reach a recall. */
  public static String of(double recall) {
    return PREFIX + recall;
  }

  /** The recall that a strategy is to reach; none if it is of another kind, or null. */
  public static OptionalDouble recall(String strategy) {
    return strategy != null && strategy.startsWith(PREFIX)
        ? OptionalDouble.of(Double.parseDouble(strategy.substring(PREFIX.length())))
        : OptionalDouble.empty();
  }
}

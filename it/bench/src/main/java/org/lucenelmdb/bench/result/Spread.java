/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Arrays;
import java.util.Collection;

/**
 * A summary of several rounds; median, min and max are NaN if there is no value.
 *
 * @param median the middle value, or the mean of the two in the middle
 * @param min the lowest
 * @param max the highest
 * @param count the number of values
 */
public record Spread(double median, double min, double max, int count) {

  private static final Spread NONE = new Spread(Double.NaN, Double.NaN, Double.NaN, 0);

  /** Summarizes values, in any order. */
  public static Spread of(double... values) {
    if (values.length == 0) {
      return NONE;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int n = sorted.length;
    double median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
    return new Spread(median, sorted[0], sorted[n - 1], n);
  }

  /** Summarizes values, in any order. */
  public static Spread of(Collection<Double> values) {
    return of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Whether there is any value. */
  public boolean isPresent() {
    return count > 0;
  }

  /**
   * Divides this by another spread that was measured in other rounds, so values cannot be paired:
   * the range is the widest possible.
   */
  public Spread over(Spread other) {
    if (!isPresent() || !other.isPresent() || !(other.min > 0)) {
      return NONE;
    }
    return new Spread(
        median / other.median, min / other.max, max / other.min, Math.min(count, other.count));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.util.Arrays;
import java.util.Map;
import org.lucenelmdb.bench.result.Figures;

/**
 * How long the queries of one pass took.
 *
 * @param wallNanos of the whole pass
 * @param cpuNanos of the searching threads together
 * @param queryNanos of each query
 */
record Timing(long wallNanos, long cpuNanos, long[] queryNanos) {

  private static final double NANOS = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;

  void addTo(Map<String, Double> figures) {
    long[] sorted = queryNanos.clone();
    Arrays.sort(sorted);
    figures.put(Figures.RATE, sorted.length / (wallNanos / NANOS));
    if (cpuNanos > 0) { // there are clocks that do not notice a short pass
      figures.put(Figures.CPU_RATE, sorted.length / (cpuNanos / NANOS));
    }
    figures.put(Figures.P50, percentile(sorted, 50));
    figures.put(Figures.P95, percentile(sorted, 95));
    figures.put(Figures.P99, percentile(sorted, 99));
  }

  /** The smallest time, in microseconds, that so many percent of the queries did not exceed. */
  static double percentile(long[] sorted, int percent) {
    int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
    return sorted[Math.max(rank, 1) - 1] / NANOS_PER_MICRO;
  }
}

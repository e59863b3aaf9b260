/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.util.Arrays;
import java.util.Map;
import org.lucenelmdb.bench.result.Figures;

/**
 * Durations of queries.
 *
 * @param rate queries per second of the fastest pass
 * @param cpuRate queries per second of CPU time of that pass, all search threads together; 0 if the
 *     pass was too short for the clock
 * @param queryNanos of each query, of all passes
 * @param reads of all passes together
 */
record Timing(double rate, double cpuRate, long[] queryNanos, DiskReads reads) {

  private static final double NANOS = 1e9;
  private static final double NANOS_PER_MICRO = 1e3;

  static Timing of(long wallNanos, long cpuNanos, long[] queryNanos, DiskReads reads) {
    int count = queryNanos.length;
    double cpuRate = cpuNanos > 0 ? count / (cpuNanos / NANOS) : 0;
    return new Timing(count / (wallNanos / NANOS), cpuRate, queryNanos, reads);
  }

  /** Combines two passes. */
  Timing with(Timing other) {
    Timing faster = rate >= other.rate ? this : other;
    long[] all = Arrays.copyOf(queryNanos, queryNanos.length + other.queryNanos.length);
    System.arraycopy(other.queryNanos, 0, all, queryNanos.length, other.queryNanos.length);
    return new Timing(faster.rate, faster.cpuRate, all, reads.plus(other.reads));
  }

  void addTo(Map<String, Double> figures) {
    long[] sorted = queryNanos.clone();
    Arrays.sort(sorted);
    figures.put(Figures.RATE, rate);
    if (cpuRate > 0) {
      figures.put(Figures.CPU_RATE, cpuRate);
    }
    figures.put(Figures.P50, percentile(sorted, 50));
    figures.put(Figures.P95, percentile(sorted, 95));
    figures.put(Figures.P99, percentile(sorted, 99));
    reads.addTo(figures, queryNanos.length);
  }

  /**
   * The smallest time, in microseconds, that {@code percent} percent of the queries did not exceed.
   */
  static double percentile(long[] sorted, int percent) {
    int rank = (int) Math.ceil(percent / 100.0 * sorted.length);
    return sorted[Math.max(rank, 1) - 1] / NANOS_PER_MICRO;
  }
}

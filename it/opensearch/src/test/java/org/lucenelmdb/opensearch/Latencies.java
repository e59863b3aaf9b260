/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Latencies and errors of one kind of requests. Thread-safe. */
final class Latencies {

  private static final int DIGITS = 3;
  private static final int SAMPLES = 3;

  private final String kind;
  private final Histogram micros = new ConcurrentHistogram(DIGITS);
  private final List<String> samples = new ArrayList<>();
  private int errors;

  Latencies(String kind) {
    this.kind = kind;
  }

  String kind() {
    return kind;
  }

  /** Counts a request that succeeded. */
  void record(long nanos) {
    micros.recordValue(TimeUnit.NANOSECONDS.toMicros(nanos));
  }

  /** Counts a request that failed; its latency is not recorded. */
  synchronized void recordError(String message) {
    errors++;
    if (samples.size() < SAMPLES) {
      samples.add(message);
    }
  }

  synchronized int errors() {
    return errors;
  }

  /** What the first errors were. */
  synchronized List<String> samples() {
    return List.copyOf(samples);
  }

  long count() {
    return micros.getTotalCount();
  }

  /** A latency in milliseconds that a share of the requests did not exceed. */
  double millis(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1000.0;
  }
}

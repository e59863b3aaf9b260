/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lucenelmdb.bench.result.Figures;

/**
 * Searches for the smallest heap with which a build completes, to within 10 %. A heap also counts
 * as too small if the build takes four times as long as with an ample heap, and more than 20
 * seconds: the garbage collector does most of the work then.
 */
final class HeapBisection {

  private static final int PLENTY = 1024;
  private static final int LEAST = 4;
  private static final double PRECISION = 1.1;
  private static final int PATIENCE = 4;
  private static final Duration LEAST_LIMIT = Duration.ofSeconds(20);

  private HeapBisection() {}

  /**
   * Returns the figures of the build with the smallest heap, or no smallest heap if even the ample
   * one was too small.
   */
  static Map<String, Double> run(HeapBuild build) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    long start = System.nanoTime();
    Optional<Map<String, Double>> completed = build.complete(PLENTY, Duration.ofDays(1));
    if (completed.isEmpty()) {
      figures.put(Figures.FAILED_HEAP, (double) PLENTY);
      return figures;
    }
    figures.putAll(completed.get());
    Duration limit = Duration.ofNanos(System.nanoTime() - start).multipliedBy(PATIENCE);
    limit = limit.compareTo(LEAST_LIMIT) < 0 ? LEAST_LIMIT : limit;
    int enough = PLENTY;
    int tooSmall = LEAST;
    while (enough > tooSmall * PRECISION && enough - tooSmall > 1) {
      int tried = (int) Math.round(Math.sqrt((double) enough * tooSmall));
      completed = build.complete(tried, limit);
      if (completed.isPresent()) {
        enough = tried;
        figures.putAll(completed.get());
      } else {
        tooSmall = tried;
      }
    }
    figures.put(Figures.MIN_HEAP, (double) enough);
    if (tooSmall > LEAST) { // absent if no heap was too small
      figures.put(Figures.FAILED_HEAP, (double) tooSmall);
    }
    return figures;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lucenelmdb.bench.result.Figures;

/** Builds with heaps of given sizes, if a {@link HeapBisection} would take too long. */
final class HeapTrials {

  private HeapTrials() {}

  /**
   * Returns the smallest heap that was sufficient, and the largest that was not.
   *
   * @param megabytes tried from the largest on, until one is too small
   * @param limit a build that takes longer counts as failed
   */
  static Map<String, Double> run(List<Integer> megabytes, Duration limit, HeapBuild build)
      throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int heap : megabytes.stream().sorted().toList().reversed()) {
      Optional<Map<String, Double>> completed = build.complete(heap, limit);
      if (completed.isEmpty()) {
        figures.put(Figures.FAILED_HEAP, (double) heap);
        break;
      }
      figures.putAll(completed.get());
      figures.put(Figures.MIN_HEAP, (double) heap);
    }
    return figures;
  }
}

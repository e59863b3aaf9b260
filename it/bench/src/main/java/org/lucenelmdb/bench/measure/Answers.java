/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.util.HashSet;
import java.util.Set;

/** Compares answers with the truth. */
final class Answers {

  private long found;
  private long wanted;
  private int shortAnswers;

  /**
   * Counts an answer.
   *
   * @param hits what was found
   * @param truth the nearest that there are, k of them or all
   */
  void add(int[] hits, int[] truth) {
    Set<Integer> nearest = new HashSet<>();
    for (int ordinal : truth) {
      nearest.add(ordinal);
    }
    for (int hit : hits) {
      // removed: a hit that comes twice counts once
      if (nearest.remove(hit)) {
        found++;
      }
    }
    wanted += truth.length;
    if (hits.length < truth.length) {
      shortAnswers++;
    }
  }

  double recall() {
    return wanted == 0 ? 1 : (double) found / wanted;
  }

  int shortAnswers() {
    return shortAnswers;
  }
}

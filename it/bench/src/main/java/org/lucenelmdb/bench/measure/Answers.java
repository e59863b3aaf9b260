/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.lucenelmdb.bench.result.Figures;

/** Compares answers with the truth. */
final class Answers {

  /** An answer is bad if it misses at least this many tenths of the true neighbors. */
  private static final long BAD_TENTHS = 3;

  private long found;
  private long wanted;
  private int count;
  private int shortAnswers;
  private int badAnswers;

  /**
   * Counts an answer.
   *
   * @param hits the ordinals found
   * @param truth the nearest ordinals: k of them, or all
   */
  void add(int[] hits, int[] truth) {
    Set<Integer> nearest = new HashSet<>();
    for (int ordinal : truth) {
      nearest.add(ordinal);
    }
    for (int hit : hits) {
      nearest.remove(hit); // so that a duplicate hit counts once
    }
    int missed = nearest.size();
    found += truth.length - missed;
    wanted += truth.length;
    count++;
    if (truth.length > 0 && missed * 10L >= truth.length * BAD_TENTHS) {
      badAnswers++;
    }
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

  /** The share of bad answers. */
  double bad() {
    return count == 0 ? 0 : (double) badAnswers / count;
  }

  void addTo(Map<String, Double> figures) {
    figures.put(Figures.RECALL, recall());
    figures.put(Figures.BAD, bad());
    figures.put(Figures.SHORT, (double) shortAnswers);
  }
}

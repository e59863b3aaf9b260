/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import java.util.stream.Collectors;

/** Findings about codes. */
final class CodeRules {

  /**
   * Codes that the format chose by itself ranked nine of ten of the nearest 10 among the first 18
   * to 20: text embeddings, sparse vectors, and random vectors of 768 dimensions.
   */
  private static final int COARSE = 80;

  private CodeRules() {}

  static void add(Rules rules, Measurements m) {
    if (isAnyCoarse(m) == false || rules.hasCause("outlier") || rules.hasCause("near-duplicates")) {
      return; // these say why
    }
    rules.add(
        m.isRecallLow() || m.isRerankingHigh() || m.asIs().isBelow(Measurements.LOW),
        "coarse-codes",
        "The codes are too coarse for these vectors: the nearest documents are far down the ranking"
            + " by codes.",
        describe(m) + "; " + Rules.recall(m) + "; " + Rules.cost(m),
        "Write the index with codeBits AUTO, which chooses by a sample, or with more bits per"
            + " dimension (withCodeBits(4) or 8), or without codes (0).");
  }

  /** Whether the codes of a segment hardly rank the nearest. */
  static boolean isAnyCoarse(Measurements m) {
    return m.codes().stream().anyMatch(ranks -> ranks.high() >= COARSE);
  }

  static String describe(Measurements m) {
    return m.codes().isEmpty()
        ? "no codes"
        : m.codes().stream()
            .sorted((a, b) -> Integer.compare(b.high(), a.high()))
            .limit(3)
            .map(
                ranks ->
                    text(
                        "segment %s: codes of %d bit rank nine of ten of the nearest 10 among the"
                            + " first %,d",
                        ranks.segment(), ranks.bits(), ranks.high()))
            .collect(Collectors.joining("; "));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import java.util.stream.Collectors;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.SegmentFigures;

/** Findings about codes. */
final class CodeRules {

  /** Healthy data of many kinds needed at most 90 of the largest segment. */
  private static final int COARSE = 200;

  private static final int MAX_BITS = 8;
  private static final int LARGE = 5_000;

  private CodeRules() {}

  static void add(Rules rules, Measurements m) {
    if (isAnyCoarse(m) == false
        || rules.hasCause("outlier")
        || rules.hasCause("near-duplicates")) {
      return; // these say why
    }
    rules.add(
        m.isRecallLow() || m.isRerankingHigh(),
        "coarse-codes",
        "The codes are too coarse for these vectors: the nearest documents are far down the ranking"
            + " by codes.",
        describe(m) + "; " + Rules.recall(m) + "; " + Rules.cost(m),
        "Write the index with codeBits AUTO, which chooses by a sample, or with more bits per"
            + " dimension (withCodeBits(4) or 8), or without codes (0).");
  }

  /** Whether the codes of a segment that could have more bits hardly rank the nearest. */
  static boolean isAnyCoarse(Measurements m) {
    return m.codes().stream().anyMatch(ranks -> ranks.high() >= COARSE);
  }

  /** Whether a large segment has no short codes although the format could choose. */
  static boolean isAnyDropped(Measurements m) {
    return m.segments().stream()
        .anyMatch(
            segment ->
                segment.graph()
                    && segment.vectors() >= LARGE
                    && (segment.codeBits() == 0 || segment.codeBits() == MAX_BITS)
                    && isAuto(segment));
  }

  private static boolean isAuto(SegmentFigures segment) {
    return WriterOptions.parse(segment.options()).get("codeBits").equals("auto");
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

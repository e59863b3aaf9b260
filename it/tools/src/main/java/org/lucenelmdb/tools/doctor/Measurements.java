/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.util.List;
import org.lucenelmdb.tools.search.Answer;
import org.lucenelmdb.tools.search.ExactAnswer;
import org.lucenelmdb.tools.search.QueryVector;
import org.lucenelmdb.tools.search.SearchedField;

/**
 * All that was measured in a field, from which the rules derive findings.
 *
 * @param goal the recall that the settings of the field aim at
 * @param asIs searches with the field's settings
 * @param best searches with the highest target
 * @param bestAnswers the answers of these searches
 */
record Measurements(
    SearchedField field,
    int k,
    double goal,
    List<QueryVector> queries,
    List<ExactAnswer> exact,
    SearchFigures asIs,
    List<Answer> asIsAnswers,
    SearchFigures best,
    List<Answer> bestAnswers,
    List<FilterFigures> filters,
    List<FieldDiagnosis.SegmentFigures> segments,
    List<FieldDiagnosis.GraphFigures> graphs,
    List<CodeRanks> codes,
    DataShape data,
    NearDuplicates duplicates,
    FieldDiagnosis.Misses misses) {

  /** A mean recall below this is low whatever the field aims at. */
  static final double LOW = 0.9;

  /**
   * Whether the recall is below the highest target, or below the goal of the field's settings. The
   * latter does not count if the settings fix the number of candidates.
   */
  boolean isRecallLow() {
    boolean isBySettings = OptionRules.oversampling(field) > 0;
    return best.isBelow(best.target()) || (isBySettings == false && asIs.isBelow(goal));
  }

  /** Whether most searches rerank more candidates than those of healthy data. */
  boolean isRerankingHigh() {
    return isRerankingHigh(asIs.reranked());
  }

  /** Whether a number of reranked vectors is higher than with healthy data. */
  boolean isRerankingHigh(double reranked) {
    return reranked > MANY_RERANKED * (Math.max(10, k) / 10.0) * Math.max(1, codes.size());
  }

  /**
   * For 10 results of a segment. Text embeddings needed 40, random vectors of 768 dimensions 44,
   * and sparse vectors 217, which no rule takes for a fault on its own; docs/filtering.md speaks of
   * hundreds.
   */
  private static final int MANY_RERANKED = 150;

  /** Whether a search scores most vectors of an index that has graphs, and is not small. */
  boolean isScanning() {
    return field.vectors() >= LARGE
        && graphs.isEmpty() == false
        && asIs.visits() > SCANNED * field.vectors();
  }

  private static final int LARGE = 5_000;
  private static final double SCANNED = 0.5;

  int deleted() {
    return field.vectors() - field.live().length;
  }
}

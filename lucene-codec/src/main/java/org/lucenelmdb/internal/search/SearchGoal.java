/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * What a search is to achieve: a recall, for which a {@link RecallCurve} tells the effort, or to
 * rerank a fixed multiple of k. Immutable.
 *
 * <p>The default is a moderate recall, with a minimum effort. Where Lucene's formats recall more
 * than that at the same k, the minimum effort makes the recall about equal: stored vectors as
 * queries, clusters, and filters or deletes that exclude the nearest vectors.
 */
public final class SearchGoal {

  private static final double NO_OVERSAMPLING = 0;

  private final double oversampling;
  private final double target;
  private final boolean isDefault;
  private final RecallCurve curve;
  private final Effort effort;
  private final HeldOutNodes heldOut;

  private SearchGoal(
      double oversampling,
      double target,
      boolean isDefault,
      RecallCurve curve,
      Effort effort,
      HeldOutNodes heldOut) {
    this.oversampling = oversampling;
    this.target = target;
    this.isDefault = isDefault;
    this.curve = curve;
    this.effort = effort;
    this.heldOut = heldOut;
  }

  /**
   * To rerank a fixed multiple of k.
   *
   * @param factor at least 1
   */
  public static SearchGoal oversampling(double factor) {
    Effort effort = Effort.of(SearchHeuristics.EXACT_EF_FACTOR, 1);
    return new SearchGoal(factor, Double.NaN, false, null, effort, null);
  }

  /**
   * To reach a recall.
   *
   * @param target more than 0, less than 1
   * @param curve tells the effort
   */
  public static SearchGoal recall(double target, RecallCurve curve) {
    return new SearchGoal(NO_OVERSAMPLING, target, false, curve, null, null);
  }

  /** The default. */
  public static SearchGoal byDefault(RecallCurve curve) {
    double target = SearchHeuristics.DEFAULT_TARGET;
    return new SearchGoal(NO_OVERSAMPLING, target, true, curve, null, null);
  }

  /**
   * To measure the recall of an effort.
   *
   * @param heldOut nodes that are not found; null if there are none
   */
  public static SearchGoal effort(Effort effort, HeldOutNodes heldOut) {
    return new SearchGoal(NO_OVERSAMPLING, Double.NaN, false, null, effort, heldOut);
  }

  boolean isDefault() {
    return isDefault;
  }

  /** Whether candidates are reranked as long as that is worthwhile. */
  boolean isAdaptive() {
    return oversampling == NO_OVERSAMPLING;
  }

  /**
   * The effort of a traversal by codes.
   *
   * @param neighbors the number of nearest vectors that have k matching ones among them
   * @param isFiltered whether a filter or deletes may exclude vectors
   */
  Effort quantizedEffort(double neighbors, boolean isFiltered) {
    if (effort != null) {
      return effort;
    }
    Effort ofTarget = curve.effort(target, neighbors);
    Effort min = SearchHeuristics.MIN_EFFORT;
    return isDefault
        ? ofTarget.atLeast(
            min.efFactor(), isFiltered ? SearchHeuristics.FILTERED_TOLERANCE : min.tolerance())
        : ofTarget;
  }

  /**
   * The effort of a traversal by exact scores.
   *
   * @param neighbors the number of nearest vectors that have k matching ones among them
   */
  Effort exactEffort(double neighbors) {
    if (effort != null) {
      return effort;
    }
    Effort ofTarget = curve.effort(target, neighbors);
    return isDefault
        ? ofTarget.atLeast(SearchHeuristics.EXACT_EF_FACTOR, ofTarget.tolerance())
        : ofTarget;
  }

  /**
   * The number of nodes that a traversal by codes keeps at first, all of which are reranked.
   *
   * @param initialOversampling the candidates that the codes require for each result
   * @param ofTraversal the effort of the traversal
   * @param hasFilter whether the query has a filter
   */
  double ef(int k, double initialOversampling, Effort ofTraversal, boolean hasFilter) {
    return isAdaptive()
        ? rerankCount(k, initialOversampling, ofTraversal.efFactor(), hasFilter)
        : Math.ceil(k * oversampling);
  }

  /** The number of candidates that a scan reranks at first. Links do not matter to it. */
  double scanRerankCount(int k, double initialOversampling, boolean hasFilter) {
    return isAdaptive()
        ? rerankCount(k, initialOversampling, 1, hasFilter)
        : Math.ceil(k * oversampling);
  }

  private double rerankCount(
      int k, double initialOversampling, double efFactor, boolean hasFilter) {
    double min =
        isDefault && hasFilter
            ? SearchHeuristics.MIN_FILTERED_RERANK_FACTOR * Math.min(k, RecallCurve.FEW)
            : k;
    double count =
        Math.ceil(efFactor * Math.max(SearchHeuristics.MIN_RERANK_COUNT, k * initialOversampling));
    return Math.max(Math.max(k, min), count);
  }

  /** The share of the results that codes may hide from a scan. */
  double scanTolerance() {
    if (curve == null) {
      return effort.tolerance();
    }
    return isDefault ? SearchHeuristics.FILTERED_TOLERANCE : 1 - target;
  }

  /** The same for a traversal where the vectors nearest to the query do not match. */
  double excludedNearestTolerance() {
    if (curve == null) {
      return effort.tolerance();
    }
    return isDefault
        ? SearchHeuristics.FILTERED_TOLERANCE
        : SearchHeuristics.EXCLUDED_NEAREST_PART * (1 - target);
  }

  /** Nodes that are not found; null if there are none. */
  HeldOutNodes heldOut() {
    return heldOut;
  }

  @Override
  public String toString() {
    return isAdaptive() ? "recall " + target : "oversampling " + oversampling;
  }
}

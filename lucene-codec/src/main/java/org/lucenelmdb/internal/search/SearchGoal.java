/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * The goal of a search: a recall, whose effort a {@link RecallCurve} gives, or a fixed multiple of
 * k to rerank. Immutable.
 *
 * <p>The default is a moderate recall with a minimum effort. In some cases, Lucene's formats have a
 * higher recall at the same k: stored vectors as queries, clustered vectors, and filters or deletes
 * that exclude the nearest vectors. In these, the minimum effort makes the recall about equal.
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
   * Returns the goal to rerank a fixed multiple of k.
   *
   * @param factor at least 1
   */
  public static SearchGoal oversampling(double factor) {
    Effort effort = Effort.of(SearchHeuristics.EXACT_EF_FACTOR, 1);
    return new SearchGoal(factor, Double.NaN, false, null, effort, null);
  }

  /**
   * Returns the goal to reach a recall.
   *
   * @param target more than 0, less than 1
   * @param curve the recall of efforts
   */
  public static SearchGoal recall(double target, RecallCurve curve) {
    return new SearchGoal(NO_OVERSAMPLING, target, false, curve, null, null);
  }

  /** Returns the goal of a search that sets none. */
  public static SearchGoal byDefault(RecallCurve curve) {
    double target = SearchHeuristics.DEFAULT_TARGET;
    return new SearchGoal(NO_OVERSAMPLING, target, true, curve, null, null);
  }

  /**
   * Returns the goal to spend a given effort, for measuring its recall.
   *
   * @param heldOut the nodes that the search must not find; null if there are none
   */
  public static SearchGoal effort(Effort effort, HeldOutNodes heldOut) {
    return new SearchGoal(NO_OVERSAMPLING, Double.NaN, false, null, effort, heldOut);
  }

  boolean isDefault() {
    return isDefault;
  }

  /** Whether the search reranks as many candidates as are worthwhile, instead of a fixed number. */
  boolean isAdaptive() {
    return oversampling == NO_OVERSAMPLING;
  }

  /**
   * The effort of a traversal by codes.
   *
   * @param neighbors the number of nearest vectors that contain k matching ones
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
   * @param neighbors the number of nearest vectors that contain k matching ones
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
   * @param initialOversampling the number of candidates per result that the codes require
   * @param ofTraversal the effort of the traversal
   * @param hasFilter whether the query has a filter
   */
  double ef(int k, double initialOversampling, Effort ofTraversal, boolean hasFilter) {
    return isAdaptive()
        ? rerankCount(k, initialOversampling, ofTraversal.efFactor(), hasFilter)
        : Math.ceil(k * oversampling);
  }

  /**
   * The number of candidates that a scan reranks at first. The beam factor of the effort does not
   * apply, because a scan does not depend on the graph.
   */
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

  /** The share of the results that a scan may miss because of errors of the codes. */
  double scanTolerance() {
    if (curve == null) {
      return effort.tolerance();
    }
    return isDefault ? SearchHeuristics.FILTERED_TOLERANCE : 1 - target;
  }

  /**
   * The share of the results that a traversal may miss because of errors of the codes if the
   * vectors nearest to the query do not match.
   */
  double excludedNearestTolerance() {
    if (curve == null) {
      return effort.tolerance();
    }
    return isDefault
        ? SearchHeuristics.FILTERED_TOLERANCE
        : SearchHeuristics.EXCLUDED_NEAREST_PART * (1 - target);
  }

  /** The nodes that the search must not find; null if there are none. */
  HeldOutNodes heldOut() {
    return heldOut;
  }

  @Override
  public String toString() {
    return isAdaptive() ? "recall " + target : "oversampling " + oversampling;
  }
}

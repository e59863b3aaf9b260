/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * What a search is to achieve: a recall, which takes the effort that a curve tells; or no more than
 * to rerank some multiple of k. Immutable.
 *
 * <p>By default it is a moderate recall, but with no less effort than lets searches recall as much
 * as Lucene's at the same k where these recall more than that: stored vectors as queries, clusters,
 * and where a filter or live docs reject what is nearest.
 */
public final class SearchGoal {

  /** Without codes and a target, so many candidates are kept for each that is asked for. */
  private static final double WITHOUT_TARGET = 7 / 6d;

  /** A search begins with so many candidates at least: with fewer, a traversal misses many. */
  private static final int MIN_CANDIDATES = 16;

  /** Of these, more if there is a filter, by default. */
  private static final double MIN_FILTERED_FACTOR = 2.8;

  /** The recall that is wanted by default. */
  private static final double DEFAULT_TARGET = 0.95;

  /** The least effort by default. */
  private static final Effort LEAST = Effort.of(1, 0.05);

  /** What codes may hide by default if some vectors are rejected. */
  private static final double LEAST_FILTERED_TOLERANCE = 0.01;

  /** Where what is nearest is rejected, so much of what may be missed may be hidden by codes. */
  private static final double HIDDEN_PART = 0.1;

  private static final double NONE = 0;

  private final double oversampling;
  private final double target;
  private final boolean isDefault;
  private final RecallCurve curve;
  private final Effort effort;
  private final HeldOutNodes hidden;

  private SearchGoal(
      double oversampling,
      double target,
      boolean isDefault,
      RecallCurve curve,
      Effort effort,
      HeldOutNodes hidden) {
    this.oversampling = oversampling;
    this.target = target;
    this.isDefault = isDefault;
    this.curve = curve;
    this.effort = effort;
    this.hidden = hidden;
  }

  /**
   * To rerank a multiple of k, and no more.
   *
   * @param factor at least 1
   */
  public static SearchGoal oversampling(double factor) {
    return new SearchGoal(factor, Double.NaN, false, null, Effort.of(WITHOUT_TARGET, 1), null);
  }

  /**
   * To reach a recall.
   *
   * @param target more than 0, less than 1
   * @param curve what it takes
   */
  public static SearchGoal recall(double target, RecallCurve curve) {
    return new SearchGoal(NONE, target, false, curve, null, null);
  }

  /** The default. */
  public static SearchGoal byDefault(RecallCurve curve) {
    return new SearchGoal(NONE, DEFAULT_TARGET, true, curve, null, null);
  }

  /**
   * To measure what an effort reaches.
   *
   * @param hidden null if all nodes are there
   */
  public static SearchGoal effort(Effort effort, HeldOutNodes hidden) {
    return new SearchGoal(NONE, Double.NaN, false, null, effort, hidden);
  }

  /** Whether nobody has asked for anything. */
  boolean isDefault() {
    return isDefault;
  }

  /** Whether more candidates than the first ones are reranked where that is worthwhile. */
  boolean isAdaptive() {
    return oversampling == NONE;
  }

  /**
   * What a traversal on codes takes.
   *
   * @param k the number of neighbors; more of them have to be met if a filter rejects some
   * @param isFiltered whether some are rejected
   */
  Effort onCodes(double k, boolean isFiltered) {
    if (effort != null) {
      return effort;
    }
    Effort taken = curve.effort(target, k);
    return isDefault
        ? taken.atLeast(
            LEAST.candidates(), isFiltered ? LEAST_FILTERED_TOLERANCE : LEAST.tolerance())
        : taken;
  }

  /** What a traversal without codes takes. */
  Effort onVectors(double k) {
    if (effort != null) {
      return effort;
    }
    Effort taken = curve.effort(target, k);
    return isDefault ? taken.atLeast(WITHOUT_TARGET, taken.tolerance()) : taken;
  }

  /**
   * How many candidates a search on codes finds at first.
   *
   * @param firstFactor how many for each neighbor the codes call for
   * @param ofTraversal what a traversal takes
   * @param isFiltered whether there is a filter
   */
  double candidates(int k, double firstFactor, Effort ofTraversal, boolean isFiltered) {
    if (isAdaptive() == false) {
      return Math.ceil(k * oversampling);
    }
    return candidates(k, firstFactor, ofTraversal.candidates(), isFiltered);
  }

  /** The same for a scan, to which it makes no difference where links lead. */
  double scanCandidates(int k, double firstFactor, boolean isFiltered) {
    return isAdaptive()
        ? candidates(k, firstFactor, 1, isFiltered)
        : candidates(k, firstFactor, effort, isFiltered);
  }

  private double candidates(int k, double firstFactor, double factor, boolean isFiltered) {
    double least = isDefault && isFiltered ? MIN_FILTERED_FACTOR * Math.min(k, RecallCurve.FEW) : k;
    double found = Math.ceil(factor * Math.max(MIN_CANDIDATES, k * firstFactor));
    return Math.max(Math.max(k, least), found);
  }

  /** The part of k that may be expected to be missed by a scan, where codes hide it. */
  double scanTolerance() {
    if (curve == null) {
      return effort.tolerance();
    }
    return isDefault ? LEAST_FILTERED_TOLERANCE : 1 - target;
  }

  /** The same for a traversal whose nearest nodes are rejected. */
  double hiddenTolerance() {
    if (curve == null) {
      return effort.tolerance();
    }
    return isDefault ? LEAST_FILTERED_TOLERANCE : HIDDEN_PART * (1 - target);
  }

  /** Nodes that are not to be found; null if there are none. */
  HeldOutNodes hidden() {
    return hidden;
  }

  @Override
  public String toString() {
    return isAdaptive() ? "recall " + target : "oversampling " + oversampling;
  }
}

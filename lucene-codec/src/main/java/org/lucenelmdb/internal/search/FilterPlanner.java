/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Which strategy a search takes, and why it changes its mind: the cheapest one by what the filter
 * accepts of all vectors is chosen first, and reviewed while the graph is walked by what it accepts
 * where the walk is. That can be much more or much less: filters often go along with what a vector
 * means. For one search.
 */
final class FilterPlanner {

  /** Hops until the first review, after which the time to the next one grows by a half. */
  private static final int FIRST_REVIEW = 8;

  /** How many expandedNodes the filter as a whole is worth against those that were seen. */
  private static final double PRIOR_HOPS = 8;

  /** The same where the expandedNodes since the last review contradict the filter's selectivity. */
  private static final double HIDDEN_PRIOR_HOPS = 2;

  /** Hops contradict the selectivity only if it predicts at least this many accepted nodes. */
  private static final double MIN_EXPECTED = 4;

  /**
   * Where a scan looks cheapest, a walk is tried all the same, as more may be accepted where it
   * goes; but not if a scan takes no longer than so many times its first expandedNodes.
   */
  private static final double WORTH_A_TRY = 10;

  /** What is begun goes on, unless what is left of it takes so many times as long as the other. */
  private static final double MIN_GAIN = 1.3;

  /** Where so small a part of what should be accepted is accepted, the walk begins too far away. */
  private static final double FAR = 0.25;

  private final SearchCosts costs;
  private final int size;
  private final int accepted;
  private final IntSupplier exactly;
  private final int candidates;
  private final double selectivity;
  private final boolean canScan;
  private final boolean canChange;
  private final List<FilterStrategy> strategies = new ArrayList<>(1);
  private final long estimatedVisits;
  private int nextReview = FIRST_REVIEW;
  private int reviewedHops;
  private int reviewedAccepted;

  /**
   * Plans a search.
   *
   * @param size the number of vectors
   * @param accepted an upper bound, from 1 to size
   * @param exactly counts what is accepted, which may take as long as a few expandedNodes
   * @param candidates how many a sweep finds, on average
   * @param canScan whether all that are accepted may be scored: the first ones that a limit allows
   *     would be worse than those that a traversal finds
   * @param forced null to choose
   */
  FilterPlanner(
      SearchCosts costs,
      int size,
      int accepted,
      IntSupplier exactly,
      int candidates,
      boolean canScan,
      FilterStrategy forced) {
    this.costs = costs;
    this.size = size;
    this.accepted = accepted;
    this.exactly = exactly;
    this.candidates = candidates;
    this.selectivity = (double) accepted / size;
    this.canScan = canScan;
    this.canChange = forced == null;
    FilterStrategy first = forced == null ? choose() : forced;
    strategies.add(first);
    this.estimatedVisits =
        switch (first) {
          case EXHAUSTIVE -> accepted;
          case POST_FILTERED ->
              costs.visits(first, costs.sweepHops(candidates, selectivity), selectivity);
          case FILTERED ->
              costs.visits(
                  first, costs.twoHopHops(twoHopCandidates(candidates), selectivity), selectivity);
        };
  }

  private FilterStrategy choose() {
    double scan = scan();
    double firstHops = costs.descent() + costs.sweep(FIRST_REVIEW);
    double sweep = costs.descent() + sweep(selectivity, 0);
    double twoHop = costs.descent() + twoHop(selectivity, 0);
    boolean isCheapest = scan <= Math.min(sweep, twoHop);
    // the least that a walk can cost is that all are accepted where it goes
    if (scan <= costs.descent() + costs.sweep(candidates)
        || isCheapest && scan <= WORTH_A_TRY * firstHops) {
      return FilterStrategy.EXHAUSTIVE;
    }
    return twoHop < sweep ? FilterStrategy.FILTERED : FilterStrategy.POST_FILTERED;
  }

  private double scan() {
    return canScan ? costs.scan(accepted, candidates) : Double.POSITIVE_INFINITY;
  }

  private double sweep(double local, int expandedNodes) {
    return costs.sweep(Math.max(0, costs.sweepHops(candidates, local) - expandedNodes));
  }

  private double twoHop(double local, int expandedNodes) {
    int needed = costs.twoHopCandidates(candidates, local);
    return costs.twoHop(Math.max(0, costs.twoHopHops(needed, local) - expandedNodes), local);
  }

  /**
   * How many candidates a walk in two expandedNodes is to find where a sweep is to find so many.
   */
  int twoHopCandidates(int candidates) {
    return Math.min(accepted, costs.twoHopCandidates(candidates, selectivity));
  }

  /** What to do now. */
  FilterStrategy strategy() {
    return strategies.get(strategies.size() - 1);
  }

  /** Whether what was seen is to be told to {@link #review}. */
  boolean isReviewDue(int expandedNodes) {
    return canChange && expandedNodes >= nextReview;
  }

  /**
   * Changes the strategy if another one is expected to take less for what is left.
   *
   * @param expandedNodes how many nodes were taken from the queue
   * @param acceptedExpandedNodes how many of them are accepted
   */
  void review(int expandedNodes, int acceptedExpandedNodes) {
    nextReview = expandedNodes + (expandedNodes + 1) / 2;
    double local =
        (acceptedExpandedNodes + PRIOR_HOPS * selectivity) / (expandedNodes + PRIOR_HOPS);
    int recent = expandedNodes - reviewedHops;
    int recentAccepted = acceptedExpandedNodes - reviewedAccepted;
    reviewedHops = expandedNodes;
    reviewedAccepted = acceptedExpandedNodes;
    // nodes on the way to the query tell little about those near it
    boolean isHidden =
        selectivity * recent >= MIN_EXPECTED && recentAccepted < FAR * selectivity * recent;
    if (isHidden) {
      local = (recentAccepted + HIDDEN_PRIOR_HOPS * selectivity) / (recent + HIDDEN_PRIOR_HOPS);
    }
    double scan = scan();
    boolean isSweep = strategy() == FilterStrategy.POST_FILTERED;
    double walk = isSweep ? sweep(local, expandedNodes) : twoHop(local, expandedNodes);
    double other = isSweep ? twoHop(local, 0) : Double.POSITIVE_INFINITY;
    double longer = 1;
    if (isSweep && isHidden) { // at the worst, it passes all that is rejected
      double most = costs.sweepHops(candidates, 1) + size - exactly.getAsInt();
      longer = Math.sqrt(costs.sweep(Math.max(0, most - expandedNodes)) / Math.max(1, walk));
    }
    if (MIN_GAIN * scan < longer * Math.min(walk, MIN_GAIN * other)) {
      strategies.add(FilterStrategy.EXHAUSTIVE);
    } else if (MIN_GAIN * other < walk) {
      strategies.add(FilterStrategy.FILTERED);
    }
  }

  /** Whether a walk that is not there yet is to begin with accepted nodes as well. */
  boolean isFar(int expandedNodes, int acceptedExpandedNodes) {
    return strategy() != FilterStrategy.EXHAUSTIVE
        && acceptedExpandedNodes < FAR * selectivity * expandedNodes;
  }

  /** Whether a scan is expected to take less than some more expandedNodes. */
  boolean isScanCheaper(int expandedNodes) {
    return canChange && scan() < costs.sweep(expandedNodes);
  }

  /** A walk has not found enough: the rest is scanned. */
  void complete() {
    strategies.add(FilterStrategy.EXHAUSTIVE);
  }

  List<FilterStrategy> strategies() {
    return List.copyOf(strategies);
  }

  long estimatedVisits() {
    return estimatedVisits;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * Chooses the strategy of a query with a filter. The first choice is the strategy with the lowest
 * estimated cost, given the selectivity of the filter. During a traversal the choice is reviewed by
 * the share of the expanded nodes that match. That share can be much higher or lower than the
 * selectivity, because filters often correlate with the vectors. For one search.
 */
final class FilterPlanner {

  private final SearchCosts costs;
  private final int size;
  private final int matching;
  private final IntSupplier exactMatching;
  private final int count;
  private final double selectivity;
  private final boolean mayScan;
  private final boolean isForced;
  private final List<FilterStrategy> strategies = new ArrayList<>(1);
  private final long estimatedVisits;
  private int nextReview = SearchHeuristics.FIRST_REVIEW;
  private int reviewedNodes;
  private int reviewedMatching;

  /**
   * Plans a search.
   *
   * @param size the number of vectors
   * @param matching the number of matching vectors or an upper bound, from 1 to size
   * @param exactMatching counts the matching vectors; takes as long as a few expansions
   * @param count the average number of candidates of a post-filtered traversal
   * @param mayScan whether a scan can finish within the visit limit. If not, it is not used: a scan
   *     cut short has worse results than a traversal
   * @param forced the strategy; null to choose
   */
  FilterPlanner(
      SearchCosts costs,
      int size,
      int matching,
      IntSupplier exactMatching,
      int count,
      boolean mayScan,
      FilterStrategy forced) {
    this.costs = costs;
    this.size = size;
    this.matching = matching;
    this.exactMatching = exactMatching;
    this.count = count;
    this.selectivity = (double) matching / size;
    this.mayScan = mayScan;
    this.isForced = forced != null;
    FilterStrategy first = isForced ? forced : choose();
    strategies.add(first);
    double expansions =
        first == FilterStrategy.FILTERED
            ? costs.filteredExpansions(filteredEf(count), selectivity)
            : costs.postFilteredExpansions(count, selectivity);
    this.estimatedVisits =
        first == FilterStrategy.EXHAUSTIVE
            ? matching
            : costs.visits(first, expansions, selectivity);
  }

  private FilterStrategy choose() {
    double scan = scan();
    double untilReview = costs.descent() + costs.postFiltered(SearchHeuristics.FIRST_REVIEW);
    double postFiltered = costs.descent() + postFiltered(selectivity, 0);
    double filtered = costs.descent() + filtered(selectivity, 0);
    boolean isCheapest = scan <= Math.min(postFiltered, filtered);
    // a traversal costs least if every node that it expands matches
    if (scan <= costs.descent() + costs.postFiltered(count)
        || isCheapest && scan <= SearchHeuristics.MIN_SCAN_COST_TO_TRY * untilReview) {
      return FilterStrategy.EXHAUSTIVE;
    }
    return filtered < postFiltered ? FilterStrategy.FILTERED : FilterStrategy.POST_FILTERED;
  }

  private double scan() {
    return mayScan ? costs.scan(matching, count) : Double.POSITIVE_INFINITY;
  }

  /** The remaining cost of a post-filtered traversal that has expanded a number of nodes. */
  private double postFiltered(double localSelectivity, int expandedNodes) {
    double expansions = costs.postFilteredExpansions(count, localSelectivity);
    return costs.postFiltered(Math.max(0, expansions - expandedNodes));
  }

  /** The remaining cost of a filtered traversal that has expanded a number of nodes. */
  private double filtered(double localSelectivity, int expandedNodes) {
    int ef = costs.filteredEf(count, localSelectivity);
    double expansions = costs.filteredExpansions(ef, localSelectivity);
    return costs.filtered(Math.max(0, expansions - expandedNodes), localSelectivity);
  }

  /**
   * The beam with which a filtered traversal has about the recall of a post-filtered one with the
   * beam {@code ef}.
   */
  int filteredEf(int ef) {
    return Math.min(matching, costs.filteredEf(ef, selectivity));
  }

  /** The current strategy. */
  FilterStrategy strategy() {
    return strategies.get(strategies.size() - 1);
  }

  /** Whether {@link #review} has to be called. */
  boolean isReviewDue(int expandedNodes) {
    return isForced == false && expandedNodes >= nextReview;
  }

  /**
   * Changes the strategy if another one is expected to cost less than the rest of the current one.
   *
   * @param expandedNodes the number of nodes expanded so far
   * @param matchingExpandedNodes the number of expanded nodes that match
   */
  void review(int expandedNodes, int matchingExpandedNodes) {
    nextReview = expandedNodes + (expandedNodes + 1) / 2;
    double weight = SearchHeuristics.SELECTIVITY_WEIGHT;
    double local = (matchingExpandedNodes + weight * selectivity) / (expandedNodes + weight);
    int recent = expandedNodes - reviewedNodes;
    int recentMatching = matchingExpandedNodes - reviewedMatching;
    reviewedNodes = expandedNodes;
    reviewedMatching = matchingExpandedNodes;
    // nodes on the way to the query say little about nodes near it
    boolean isContradicted =
        selectivity * recent >= SearchHeuristics.MIN_PREDICTED_MATCHES
            && recentMatching < SearchHeuristics.MAX_FAR_SHARE * selectivity * recent;
    if (isContradicted) {
      weight = SearchHeuristics.CONTRADICTED_SELECTIVITY_WEIGHT;
      local = (recentMatching + weight * selectivity) / (recent + weight);
    }
    double scan = scan();
    boolean isPostFiltered = strategy() == FilterStrategy.POST_FILTERED;
    double current =
        isPostFiltered ? postFiltered(local, expandedNodes) : filtered(local, expandedNodes);
    double other = isPostFiltered ? filtered(local, 0) : Double.POSITIVE_INFINITY;
    double longer = 1;
    if (isPostFiltered && isContradicted) { // at worst, all nodes that do not match are expanded
      double most = costs.postFilteredExpansions(count, 1) + size - exactMatching.getAsInt();
      double mostCost = costs.postFiltered(Math.max(0, most - expandedNodes));
      longer = Math.sqrt(mostCost / Math.max(1, current));
    }
    double gain = SearchHeuristics.MIN_GAIN;
    if (gain * scan < longer * Math.min(current, gain * other)) {
      strategies.add(FilterStrategy.EXHAUSTIVE);
    } else if (gain * other < current) {
      strategies.add(FilterStrategy.FILTERED);
    }
  }

  /** Whether a traversal is far away from matching nodes, so that it has to be seeded with some. */
  boolean isFar(int expandedNodes, int matchingExpandedNodes) {
    return strategy() != FilterStrategy.EXHAUSTIVE
        && matchingExpandedNodes < SearchHeuristics.MAX_FAR_SHARE * selectivity * expandedNodes;
  }

  /** Adds a scan after a traversal that has found too few candidates. */
  void addScan() {
    strategies.add(FilterStrategy.EXHAUSTIVE);
  }

  /** The strategies so far, in the order of their use. */
  List<FilterStrategy> strategies() {
    return List.copyOf(strategies);
  }

  /** The number of codes that the first strategy was expected to score. */
  long estimatedVisits() {
    return estimatedVisits;
  }
}

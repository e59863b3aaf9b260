/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * The constants that searches decide by, in the order in which a search meets them. Costs, which
 * are measured, are in {@link SearchCosts}. Where no measurement is noted, a value was chosen by
 * the recall and latency of whole searches, and the comment says what it trades off.
 */
final class SearchHeuristics {

  private SearchHeuristics() {}

  // exact or quantized

  /**
   * A quantized search pays off with more matching vectors than this for each reranked one. With
   * fewer, scoring the vectors in order is faster.
   */
  static final int MIN_MATCHING_PER_RERANKED = 3;

  /**
   * Up to this many matching vectors are scored exactly. Quantizing a query and comparing it with
   * the centroids takes as long as scoring them.
   */
  static final int MIN_QUANTIZED_VECTORS = 100;

  // the goal

  /** The recall that searches aim at if no other is set. */
  static final double DEFAULT_TARGET = 0.95;

  /**
   * The nodes that an exact traversal keeps for each result without a target. More raise recall and
   * latency.
   */
  static final double EXACT_EF_FACTOR = 7 / 6d;

  /** The least number of candidates of a search: a traversal with a smaller beam misses many. */
  static final int MIN_RERANK_COUNT = 16;

  /** With a filter and no target, this many candidates for each result, up to 10 results. */
  static final double MIN_FILTERED_RERANK_FACTOR = 2.8;

  /** The least effort without a target. */
  static final Effort MIN_EFFORT = Effort.of(1, 0.05);

  /**
   * The share of the results that codes may hide without a target, in scans and where a filter or
   * deletes exclude vectors. Recall is then about that of Lucene's formats at the same k.
   */
  static final double FILTERED_TOLERANCE = 0.01;

  /**
   * The share of the allowed misses that codes may cause where the vectors nearest to the query do
   * not match. The graph causes most misses there.
   */
  static final double EXCLUDED_NEAREST_PART = 0.1;

  /**
   * The share of the allowed misses that is held back when a recall curve is looked up. The curve
   * is measured on a sample, and a target is to be reached.
   */
  static final double RECALL_RESERVE = 0.2;

  /** The least miss rate of a recall curve. Samples are too small to measure a lower one. */
  static final double MIN_MISS_RATE = 1e-4;

  // the filter strategy

  /** The expansions before the first review. The interval to the next review grows by a half. */
  static final int FIRST_REVIEW = 8;

  /** The weight of the overall selectivity against observed expansions, in expansions. */
  static final double SELECTIVITY_WEIGHT = 8;

  /** The same where the expansions since the last review contradict the selectivity. */
  static final double CONTRADICTED_SELECTIVITY_WEIGHT = 2;

  /** Expansions contradict the selectivity only if it predicts this many matching nodes. */
  static final double MIN_PREDICTED_MATCHES = 4;

  /**
   * Expansions contradict the selectivity if less than this share of the predicted nodes match. The
   * traversal is too far away from matching nodes then, and gets seeds among them.
   */
  static final double MAX_FAR_SHARE = 0.25;

  /**
   * A traversal is tried although a scan looks cheaper, because the filter may accept more nodes
   * near the query than elsewhere; but not if a scan costs less than this many times the expansions
   * before the first review.
   */
  static final double MIN_SCAN_COST_TO_TRY = 10;

  /** A strategy is replaced if the remaining work costs this many times as much as another one. */
  static final double MIN_GAIN = 1.3;

  /** The matching nodes from which a filtered traversal begins. */
  static final int MAX_SEEDS = 64;

  /** The documents tested for each seed, if the filter is no bit set and has to be tested. */
  static final int MAX_SAMPLE_STEPS = 64;

  // reranking

  /**
   * For two candidates that a traversal has seen, one as near exists that it has not: the expected
   * misses are multiplied by this factor. A scan sees all candidates.
   */
  static final double UNSEEN_BY_TRAVERSAL = 1.5;

  /** The candidates that a round adds at least. Fewer cost more rounds. */
  static final int MIN_ADDED = 12;

  /**
   * The share of the reranked candidates that a round adds, so that the cost of all rounds is
   * linear in the number of candidates.
   */
  static final double GROWTH = 0.7;

  /** The same after a scan. It may be larger, because no traversal has to be extended. */
  static final int SCAN_GROWTH = 3;

  /**
   * From this many reranked candidates on, their errors predict how many more have to be reranked.
   * Fewer predict nothing if codes are much alike.
   */
  static final int MIN_PREDICTIVE_COUNT = 64;

  /** A scan that replaces a long traversal reranks at least this many candidates. */
  static final int MIN_RERANK_COUNT_AFTER_TRAVERSAL = 256;

  /**
   * If less than this share of the predicted nodes match, the vectors nearest to the query are
   * taken to be excluded,
   */
  static final double EXCLUDED_SHARE = 0.9;

  /** provided that the difference is more than this many standard deviations. */
  static final double EXCLUDED_DEVIATIONS = 2.5;

  /**
   * The tolerance applies to candidates that are less likely than this to be results: there may be
   * many of them,
   */
  static final double UNLIKELY = 0.03;

  /** and this share of it to all others. */
  static final double LIKELY_TOLERANCE_PART = 0.1;

  /** A candidate that needs an error of more standard deviations than this is not reranked. */
  static final double MAX_DEVIATIONS = 3.5;

  /**
   * The best share of the first candidates is not learned from. A vector that is equal to the
   * query, or nearly, would make the regression much steeper than it is where candidates compete.
   */
  static final double NOT_LEARNED = 0.2;

  /** The first candidates whose expected errors are averaged. */
  static final int PRIOR_CANDIDATES = 4;

  /**
   * The weight of the error that was measured when the segment was written, in observations. With
   * less, a few equal errors would mean that codes are exact.
   */
  static final double PRIOR_WEIGHT = 6;

  /**
   * The slope of the regression is lowered by this many of its standard errors. The best candidates
   * owe their rank to luck in part.
   */
  static final double SLOPE_CAUTION = 0.5;

  /**
   * A scan drops candidates that are this many standard deviations worse than the worst of the
   * best. In the rare case that one is needed, codes are scanned again.
   */
  static final double SCAN_KEPT_DEVIATIONS = 8;

  // calibration

  /** What a calibrating scan may miss of few results: recalls up to 0.999 are measured by it. */
  static final double CALIBRATION_MISSES_OF_FEW = 0.001;

  /** What it may miss of many results, of which the last ones take many more candidates. */
  static final double CALIBRATION_MISSES_OF_MANY = 0.005;
}

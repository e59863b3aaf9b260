/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * The constants behind the decisions of a search, in the order in which a search uses them.
 * Measured costs are in {@link SearchCosts}. Where no measurement is noted, a value was chosen by
 * the recall and latency of whole searches, and the comment says what it trades off.
 */
final class SearchHeuristics {

  private SearchHeuristics() {}

  // exact or quantized

  /**
   * The matching vectors per reranked vector above which a quantized search pays off. With fewer,
   * scoring all matching vectors in order is faster.
   */
  static final int MIN_MATCHING_PER_RERANKED = 3;

  /**
   * The number of matching vectors up to which they are scored exactly. Quantizing a query and
   * comparing it with the centroids takes as long as scoring this many.
   */
  static final int MIN_QUANTIZED_VECTORS = 100;

  // the goal

  /** The recall that searches aim at if no other is set. */
  static final double DEFAULT_TARGET = 0.95;

  /**
   * The nodes that an exact traversal keeps per result if no target recall is set. Higher values
   * raise recall and latency.
   */
  static final double EXACT_EF_FACTOR = 7 / 6d;

  /**
   * The minimum number of candidates of a search. A traversal with a smaller beam misses many
   * results.
   */
  static final int MIN_RERANK_COUNT = 16;

  /**
   * The minimum number of candidates per result for a query with a filter if no target recall is
   * set. It applies to the first 10 results.
   */
  static final double MIN_FILTERED_RERANK_FACTOR = 2.8;

  /** The minimum effort of a search if no target recall is set. */
  static final Effort MIN_EFFORT = Effort.of(1, 0.05);

  /**
   * The share of the results that may be missed because of errors of the codes if no target recall
   * is set. It applies to scans, and to searches in which a filter or deletes exclude vectors. With
   * it, recall is about that of Lucene's formats at the same k.
   */
  static final double FILTERED_TOLERANCE = 0.01;

  /**
   * The share of the allowed misses that may be due to codes if the vectors nearest to the query do
   * not match. In such searches the graph causes most misses.
   */
  static final double EXCLUDED_NEAREST_PART = 0.1;

  /**
   * The share of the allowed misses that is held back as a safety margin when a recall curve is
   * looked up, because the curve was measured on a sample.
   */
  static final double RECALL_RESERVE = 0.2;

  /** The minimum miss rate of a recall curve. Samples are too small to measure lower rates. */
  static final double MIN_MISS_RATE = 1e-4;

  // the filter strategy

  /** The expansions before the first review. The interval to the next review grows by a half. */
  static final int FIRST_REVIEW = 8;

  /**
   * The weight of the filter's overall selectivity in an estimate of the selectivity near the
   * query, as a number of expansions.
   */
  static final double SELECTIVITY_WEIGHT = 8;

  /**
   * The weight of the filter's overall selectivity, as a number of expansions, if the expansions
   * since the last review contradict it.
   */
  static final double CONTRADICTED_SELECTIVITY_WEIGHT = 2;

  /**
   * Expansions can contradict the selectivity only if it predicts at least this many matching nodes
   * among them.
   */
  static final double MIN_PREDICTED_MATCHES = 4;

  /**
   * Expansions contradict the selectivity if they contain less than this share of the predicted
   * matching nodes. The traversal is then too far away from matching nodes, and is seeded with a
   * sample of them.
   */
  static final double MAX_FAR_SHARE = 0.25;

  /**
   * A traversal is tried even if a scan looks cheaper, because the filter may accept more nodes
   * near the query than elsewhere. It is not tried if the scan costs less than this many times the
   * expansions before the first review.
   */
  static final double MIN_SCAN_COST_TO_TRY = 10;

  /**
   * A strategy is replaced if its remaining work costs more than this many times as much as another
   * strategy.
   */
  static final double MIN_GAIN = 1.3;

  /** The maximum number of matching nodes with which a filtered traversal is seeded. */
  static final int MAX_SEEDS = 64;

  /** The maximum number of ordinals tested per seed if the filter is not a bit set. */
  static final int MAX_SAMPLE_STEPS = 64;

  // reranking

  /**
   * The factor by which the expected misses of a traversal are multiplied. For every two candidates
   * that it has seen, about one that is equally near remains unseen. A scan sees all candidates.
   */
  static final double UNSEEN_BY_TRAVERSAL = 1.5;

  /**
   * The minimum number of candidates that a round of reranking adds. A lower value takes more
   * rounds.
   */
  static final int MIN_ADDED = 12;

  /**
   * The candidates that a round of reranking adds after a traversal, as a share of those reranked
   * so far. Geometric growth keeps the cost of all rounds linear in the number of candidates.
   */
  static final double GROWTH = 0.7;

  /**
   * The candidates that a round of reranking adds after a scan, as a multiple of those reranked so
   * far. It may be larger than after a traversal, because no traversal has to be extended.
   */
  static final int SCAN_GROWTH = 3;

  /**
   * The minimum number of reranked candidates whose errors predict how many more have to be
   * reranked. With fewer, the prediction is useless if the codes are very similar.
   */
  static final int MIN_PREDICTIVE_COUNT = 64;

  /** A scan that replaces a long traversal reranks at least this many candidates. */
  static final int MIN_RERANK_COUNT_AFTER_TRAVERSAL = 256;

  /**
   * The vectors nearest to the query are considered excluded if less than this share of the
   * predicted matching nodes were found, and the difference is significant: see {@link
   * #EXCLUDED_DEVIATIONS}.
   */
  static final double EXCLUDED_SHARE = 0.9;

  /**
   * The vectors nearest to the query are considered excluded only if the number of matching nodes
   * is this many standard deviations below the prediction: see {@link #EXCLUDED_SHARE}.
   */
  static final double EXCLUDED_DEVIATIONS = 2.5;

  /**
   * The probability of being a result below which a candidate is unlikely. The whole tolerance
   * applies to unlikely candidates, because there may be many of them.
   */
  static final double UNLIKELY = 0.03;

  /**
   * The share of the tolerance that applies to likely candidates, those with at least the
   * probability {@link #UNLIKELY}.
   */
  static final double LIKELY_TOLERANCE_PART = 0.1;

  /**
   * A candidate is not reranked if it can only be a result by an error of more standard deviations
   * than this.
   */
  static final double MAX_DEVIATIONS = 3.5;

  /**
   * The share of the first candidates, the best ones, that the error model ignores. A vector that
   * is equal or nearly equal to the query would make the regression much steeper than it is where
   * candidates compete.
   */
  static final double NOT_LEARNED = 0.2;

  /**
   * The number of best candidates whose expected errors are averaged as the prior of the error
   * model.
   */
  static final int PRIOR_CANDIDATES = 4;

  /**
   * The weight of the error that was measured when the segment was written, as a number of
   * observations. With a lower weight, a few equal errors would make the model take the codes for
   * exact.
   */
  static final double PRIOR_WEIGHT = 6;

  /**
   * The slope of the regression is lowered by this many of its standard errors, because the best
   * candidates owe their rank partly to chance.
   */
  static final double SLOPE_CAUTION = 0.5;

  /**
   * A scan drops candidates that are this many standard deviations worse than the worst collected
   * one. In the rare case that one of them is needed, the codes are scanned again.
   */
  static final double SCAN_KEPT_DEVIATIONS = 8;

  // calibration

  /**
   * The share of {@value RecallCurve#FEW} results that a scan for calibration may miss. Recalls up
   * to 0.999 are measured against its results.
   */
  static final double CALIBRATION_MISSES_OF_FEW = 0.001;

  /**
   * The share of {@value RecallCurve#MANY} results that a scan for calibration may miss. It is
   * higher than for few results, because the last of many results take many more candidates.
   */
  static final double CALIBRATION_MISSES_OF_MANY = 0.005;
}

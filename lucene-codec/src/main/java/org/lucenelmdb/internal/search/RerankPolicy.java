/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.Arrays;
import org.lucenelmdb.internal.graph.Beam;

/**
 * Decides which candidates are worth reranking: the fewest that make the expected number of results
 * among all others tolerable. For one thread; reusable for one search after another.
 */
final class RerankPolicy {

  private static final int BUCKETS_PER_DEVIATION = 8;
  private static final double MIN_DEVIATIONS = -1;
  private static final int BUCKETS =
      (int) ((SearchHeuristics.MAX_DEVIATIONS - MIN_DEVIATIONS) * BUCKETS_PER_DEVIATION) + 1;

  /** The probability of an error above the middle of a bucket. */
  private static final double[] PROBABILITIES = probabilities();

  private final ScoreErrorModel errors = new ScoreErrorModel();
  private final int[] buckets = new int[BUCKETS];

  private double tolerance;
  private double likelyTolerance;
  private double expectedMisses;

  // the reranked candidate with the lowest score
  private float lowestScore;
  private double lowestSimilarity;

  /**
   * The tail of the normal distribution, by Börjesson and Sundberg, Simple Approximations of the
   * Error Function Q(x) for Communications Applications, 1979.
   */
  private static double[] probabilities() {
    double[] probabilities = new double[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      double x = MIN_DEVIATIONS + (i + 0.5) / BUCKETS_PER_DEVIATION;
      double y = Math.abs(x);
      double tail =
          Math.exp(-y * y / 2)
              / Math.sqrt(2 * Math.PI)
              / (0.661 * y + 0.339 * Math.sqrt(y * y + 5.51));
      probabilities[i] = x > 0 ? tail : 1 - tail;
    }
    return probabilities;
  }

  /**
   * Begins a search.
   *
   * @param tolerance the share of the results that may be missed because of errors of the codes, if
   *     the graph causes misses, too
   */
  void begin(double tolerance) {
    this.tolerance = tolerance;
    this.likelyTolerance = SearchHeuristics.LIKELY_TOLERANCE_PART * tolerance;
    this.expectedMisses = 0;
    errors.clear();
    lowestScore = Float.POSITIVE_INFINITY;
    lowestSimilarity = Double.NEGATIVE_INFINITY;
  }

  /** Sets the share of the results that may be missed, however likely each candidate is. */
  void setTolerance(double share) {
    tolerance = share;
    likelyTolerance = share;
  }

  /** Sets the standard deviation of the errors that were measured when the segment was written. */
  void setPrior(double deviation) {
    errors.setPrior(deviation);
  }

  /**
   * Must be called for each reranked candidate.
   *
   * @param score the score of its code
   * @param similarity the similarity of its vector
   * @param isLearned whether the error model learns from it
   */
  void add(float score, double similarity, boolean isLearned) {
    if (isLearned) {
      errors.add(score, similarity);
    }
    if (score <= lowestScore) {
      lowestScore = score;
      lowestSimilarity = similarity;
    }
  }

  /**
   * The lowest score of a candidate that may be worth reranking.
   *
   * @param minSimilarity the similarity that a result has to exceed; negative infinity for any
   *     vector
   */
  double minScore(double minSimilarity) {
    return errors.score(minSimilarity, SearchHeuristics.MAX_DEVIATIONS);
  }

  /**
   * The number of the best candidates that are worth reranking.
   *
   * @param remaining the candidates with at least {@link #minScore} that were not reranked
   * @param minSimilarity the similarity that a result has to exceed; negative infinity for any
   *     vector
   * @param resultCount the number of results, of which a share may be missed
   * @param unseenFactor the number of candidates that exist for each remaining one
   */
  int worthwhile(
      ScoredNodeList remaining, double minSimilarity, int resultCount, double unseenFactor) {
    expectedMisses = 0;
    if (remaining.size() == 0 || minSimilarity == Double.NEGATIVE_INFINITY) {
      return remaining.size();
    }
    Arrays.fill(buckets, 0);
    for (int i = 0; i < remaining.size(); i++) {
      float score = Beam.score(remaining.get(i));
      if (score == lowestScore && lowestSimilarity <= minSimilarity) {
        continue; // a copy of a vector that is not competitive
      }
      double deviations = errors.deviations(score, minSimilarity);
      int bucket = (int) ((deviations - MIN_DEVIATIONS) * BUCKETS_PER_DEVIATION);
      buckets[Math.max(0, Math.min(BUCKETS - 1, bucket))]++;
    }
    double few = resultCount * likelyTolerance;
    double many = resultCount * tolerance;
    double missed = 0;
    int omitted = 0;
    for (int bucket = BUCKETS - 1; bucket >= 0; bucket--) {
      double allowed = PROBABILITIES[bucket] < SearchHeuristics.UNLIKELY ? many : few;
      double more = missed + unseenFactor * buckets[bucket] * PROBABILITIES[bucket];
      if (more > allowed) {
        omitted += (int) (Math.max(0, allowed - missed) / (more - missed) * buckets[bucket]);
        break;
      }
      missed = more;
      omitted += buckets[bucket];
    }
    expectedMisses = missed / resultCount;
    int counted = 0;
    for (int count : buckets) {
      counted += count;
    }
    return counted - omitted;
  }

  /** The expected share of the results among the candidates that are not worthwhile. */
  double expectedMisses() {
    return expectedMisses;
  }
}

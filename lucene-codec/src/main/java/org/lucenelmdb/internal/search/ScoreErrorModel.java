/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * Predicts the similarity of a vector and the expected error of the prediction from the score of
 * its code. The model is a linear regression over the vectors whose similarity is known, combined
 * with the error that was measured when the segment was written. For one thread.
 *
 * <p>Two precautions keep the model from being certain too early. The measured error counts like
 * several observations, so that a few equal errors do not make the codes look exact. And the slope
 * is somewhat lower than that of the regression: the best candidates owe their rank partly to
 * chance, and if similarities differ less than the errors of codes, candidates with lower scores
 * are as good.
 */
final class ScoreErrorModel {

  private double priorVariance;
  private int count;
  private float lastScore;
  private double lastSimilarity;

  // sums of differences from the first observation, for precision if values are close
  private double firstScore;
  private double firstSimilarity;
  private double scores;
  private double similarities;
  private double scoreSquares;
  private double similaritySquares;
  private double products;

  // the regression
  private boolean isFitted;
  private double meanScore;
  private double meanSimilarity;
  private double slope;
  private double deviation;

  /** Begins a query. */
  void clear() {
    priorVariance = 0;
    count = 0;
    scores = 0;
    similarities = 0;
    scoreSquares = 0;
    similaritySquares = 0;
    products = 0;
    isFitted = false;
  }

  /** Sets the standard deviation of the errors that were measured when the segment was written. */
  void setPrior(double expectedDeviation) {
    priorVariance = expectedDeviation * expectedDeviation;
    isFitted = false;
  }

  /**
   * Adds an observation, unless it is not finite or a copy of the previous one.
   *
   * @param score the score of the code
   * @param similarity the similarity of the vector
   */
  void add(float score, double similarity) {
    if (Float.isFinite(score) == false || Double.isFinite(similarity) == false) {
      return;
    }
    if (count > 0 && score == lastScore && similarity == lastSimilarity) {
      return;
    }
    lastScore = score;
    lastSimilarity = similarity;
    if (count++ == 0) {
      firstScore = score;
      firstSimilarity = similarity;
    }
    double x = score - firstScore;
    double y = similarity - firstSimilarity;
    scores += x;
    similarities += y;
    scoreSquares += x * x;
    similaritySquares += y * y;
    products += x * y;
    isFitted = false;
  }

  /** Whether there are observations. */
  boolean isKnown() {
    return count > 0;
  }

  private void fit() {
    if (isFitted) {
      return;
    }
    isFitted = true;
    meanScore = firstScore + scores / count;
    meanSimilarity = firstSimilarity + similarities / count;
    double scoreSpread = Math.max(0, scoreSquares - scores * scores / count);
    double similaritySpread = Math.max(0, similaritySquares - similarities * similarities / count);
    double common = products - scores * similarities / count;
    double fitted = scoreSpread > 0 ? Math.max(0, Math.min(1, common / scoreSpread)) : 1;
    double residual =
        Math.max(0, similaritySpread - 2 * fitted * common + fitted * fitted * scoreSpread);
    double prior = SearchHeuristics.PRIOR_WEIGHT;
    double variance = (prior * priorVariance + residual) / (prior + count);
    double slopeError = scoreSpread > 0 ? Math.sqrt(variance / scoreSpread) : 0;
    slope = Math.max(0, fitted - SearchHeuristics.SLOPE_CAUTION * slopeError);
    deviation = Math.sqrt(variance * (1 + 1.0 / count));
  }

  /**
   * The score from which an error of the given number of standard deviations leads to the given
   * similarity. For codes with lower scores, the error would have to be larger.
   *
   * @return negative infinity if any code may belong to a vector of this similarity
   */
  double score(double similarity, double deviations) {
    if (count == 0 || similarity == Double.NEGATIVE_INFINITY) {
      return Double.NEGATIVE_INFINITY;
    }
    fit();
    double above = similarity - meanSimilarity - deviations * deviation;
    if (slope == 0) {
      return above > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    return meanScore + above / slope;
  }

  /** The number of standard deviations by which a similarity exceeds the prediction for a score. */
  double deviations(float score, double similarity) {
    fit();
    double above = similarity - meanSimilarity - slope * (score - meanScore);
    return deviation > 0 ? above / deviation : above > 0 ? Double.POSITIVE_INFINITY : 0;
  }
}

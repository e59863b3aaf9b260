/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * Predicts the similarity of a vector from the score of its code: by a regression over the vectors
 * whose similarity is known, and the error that was measured when the codes were made. For one
 * thread.
 *
 * <p>Two things keep it from being certain too early. The measured error counts like some
 * observations, so that a few equal ones do not mean that codes are exact. And the slope of the
 * line is taken somewhat lower than it looks: the best candidates by code owe their rank to luck in
 * part, and where similarities differ less than the codes' errors, candidates with a lower score
 * are just as good.
 */
final class ScoreErrorModel {

  /** As many observations as the error that was measured before counts. */
  private static final double PRIOR = 6;

  /** The slope is taken as low as this many of its standard errors. */
  private static final double CAUTION = 0.5;

  private double priorVariance;
  private int count;
  private float lastCode;
  private double lastSimilarity;

  // sums of differences from the first ones, as near values would lose their digits otherwise
  private double firstCode;
  private double firstSimilarity;
  private double codes;
  private double similarities;
  private double codeSquares;
  private double similaritySquares;
  private double products;

  // what follows from these
  private boolean isFitted;
  private double meanCode;
  private double meanSimilarity;
  private double slope;
  private double deviation;

  /** Begins a query. */
  void clear() {
    priorVariance = 0;
    count = 0;
    codes = 0;
    similarities = 0;
    codeSquares = 0;
    similaritySquares = 0;
    products = 0;
    isFitted = false;
  }

  /** Sets the standard deviation that errors had when the codes were made. */
  void setPrior(double expectedDeviation) {
    priorVariance = expectedDeviation * expectedDeviation;
    isFitted = false;
  }

  /** Adds a vector. One without finite scores tells nothing; nor does a copy of the one before. */
  void add(float code, double similarity) {
    if (Float.isFinite(code) == false || Double.isFinite(similarity) == false) {
      return;
    }
    if (count > 0 && code == lastCode && similarity == lastSimilarity) {
      return;
    }
    lastCode = code;
    lastSimilarity = similarity;
    if (count++ == 0) {
      firstCode = code;
      firstSimilarity = similarity;
    }
    double c = code - firstCode;
    double s = similarity - firstSimilarity;
    codes += c;
    similarities += s;
    codeSquares += c * c;
    similaritySquares += s * s;
    products += c * s;
    isFitted = false;
  }

  /** Whether anything is known. */
  boolean isKnown() {
    return count > 0;
  }

  private void fit() {
    if (isFitted) {
      return;
    }
    isFitted = true;
    meanCode = firstCode + codes / count;
    meanSimilarity = firstSimilarity + similarities / count;
    double codeSpread = Math.max(0, codeSquares - codes * codes / count);
    double similaritySpread = Math.max(0, similaritySquares - similarities * similarities / count);
    double common = products - codes * similarities / count;
    double fitted = codeSpread > 0 ? Math.max(0, Math.min(1, common / codeSpread)) : 1;
    double rest =
        Math.max(0, similaritySpread - 2 * fitted * common + fitted * fitted * codeSpread);
    double variance = (PRIOR * priorVariance + rest) / (PRIOR + count);
    // the slope's standard error
    double uncertainty = codeSpread > 0 ? Math.sqrt(variance / codeSpread) : 0;
    slope = Math.max(0, fitted - CAUTION * uncertainty);
    deviation = Math.sqrt(variance * (1 + 1.0 / count));
  }

  /**
   * The score of a code whose vector has, with a similarity of {@code least}, an error of some
   * standard deviations.
   *
   * @return minus infinity if all codes may belong to such vectors
   */
  double code(double least, double deviations) {
    if (count == 0 || least == Double.NEGATIVE_INFINITY) {
      return Double.NEGATIVE_INFINITY;
    }
    fit();
    double above = least - meanSimilarity - deviations * deviation;
    if (slope == 0) {
      return above > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }
    return meanCode + above / slope;
  }

  /** How many standard deviations a similarity is above what the score of a code predicts. */
  double deviations(float code, double least) {
    fit();
    double above = least - meanSimilarity - slope * (code - meanCode);
    return deviation > 0 ? above / deviation : above > 0 ? Double.POSITIVE_INFINITY : 0;
  }
}

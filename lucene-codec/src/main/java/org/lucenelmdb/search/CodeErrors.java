/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

/**
 * How exact scores follow from those of codes, as far as both are known: a line of least squares,
 * and how far from it they lie. How much codes tell is very different: where all that is accepted
 * is about as far from the query, their errors are larger than what they are to tell apart. For one
 * thread.
 */
final class CodeErrors {

  /**
   * How many standard deviations an error may have. With 3.2, searches for 10 of 116,000 vectors
   * recall 98 % of what is farthest from the query, rescoring 300 candidates, and 99.9 % of what is
   * chosen at random, rescoring 90; with 2, 90 and 98.8 %, rescoring 80 and 50.
   */
  private static final double DEVIATIONS = 3.2;

  private int count;
  private double meanCode;
  private double meanExact;
  private double codeSquares;
  private double exactSquares;
  private double products;

  void clear() {
    count = 0;
    meanCode = 0;
    meanExact = 0;
    codeSquares = 0;
    exactSquares = 0;
    products = 0;
  }

  /** Adds the scores of a vector; what has no finite one tells nothing. */
  void add(float code, float exact) {
    if (Float.isFinite(code) == false || Float.isFinite(exact) == false) {
      return;
    }
    count++;
    // Welford's method
    double fromMean = code - meanCode;
    meanCode += fromMean / count;
    codeSquares += fromMean * (code - meanCode);
    double exactFromMean = exact - meanExact;
    meanExact += exactFromMean / count;
    exactSquares += exactFromMean * (exact - meanExact);
    products += fromMean * (exact - meanExact);
  }

  /** What the exact score of a vector with a code's score hardly exceeds. */
  double bound(float code) {
    if (count < 3 || Float.isFinite(code) == false) {
      return Double.POSITIVE_INFINITY;
    }
    double slope = codeSquares > 0 ? Math.max(0, products / codeSquares) : 0;
    double errors = Math.max(0, exactSquares - slope * products);
    return meanExact + slope * (code - meanCode) + DEVIATIONS * Math.sqrt(errors / (count - 2));
  }
}

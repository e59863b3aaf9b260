/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

/**
 * How exact scores follow from those of codes, as far as both are known: a line of least squares,
 * and how far from it they lie. How much codes tell is very different: where all that is accepted
 * is about as far from the query, their errors are larger than what they are to tell apart. So do
 * scores of codes follow from estimates of them. For one thread.
 */
final class CodeErrors {

  private int count;

  // sums of what is less than the first ones, as near values would lose their digits otherwise
  private double firstCode;
  private double firstExact;
  private double codes;
  private double exacts;
  private double codeSquares;
  private double exactSquares;
  private double products;

  // what follows from these
  private boolean isFitted;
  private double meanCode;
  private double meanExact;
  private double slope;
  private double deviation;

  void clear() {
    count = 0;
    codes = 0;
    exacts = 0;
    codeSquares = 0;
    exactSquares = 0;
    products = 0;
    isFitted = false;
  }

  /** Adds the scores of a vector; what has no finite one tells nothing. */
  void add(float code, float exact) {
    if (Float.isFinite(code) == false || Float.isFinite(exact) == false) {
      return;
    }
    if (count++ == 0) {
      firstCode = code;
      firstExact = exact;
    }
    double c = code - firstCode;
    double e = exact - firstExact;
    codes += c;
    exacts += e;
    codeSquares += c * c;
    exactSquares += e * e;
    products += c * e;
    isFitted = false;
  }

  /** Whether anything is known; if so, the line is up to date. */
  private boolean fit() {
    if (isFitted || count < 3) {
      return isFitted;
    }
    meanCode = firstCode + codes / count;
    meanExact = firstExact + exacts / count;
    double spread = codeSquares - codes * codes / count;
    double common = products - codes * exacts / count;
    slope = spread > 0 ? Math.max(0, common / spread) : 0;
    double rest = exactSquares - exacts * exacts / count - slope * common;
    deviation = Math.sqrt(Math.max(0, rest) / (count - 2));
    isFitted = true;
    return true;
  }

  /**
   * How likely the exact score of a vector with a code's score exceeds another one, if errors are
   * normally distributed. By Börjesson and Sundberg, Simple approximations of the error function
   * Q(x) for communications applications, 1979: within 0.3 percent.
   *
   * @return from 0 to 1; 1 if nothing is known
   */
  double exceeds(float code, float exact) {
    if (Float.isFinite(code) == false || fit() == false) {
      return 1;
    }
    if (exact == Float.NEGATIVE_INFINITY) {
      return 1;
    }
    double above = exact - meanExact - slope * (code - meanCode);
    double resolution = Math.ulp(exact);
    if (deviation <= resolution && Math.abs(above) <= resolution) {
      return 0; // as similar, not more
    }
    double x = above / deviation;
    if (x > 0) {
      double tail = Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
      return Math.min(1, tail / (0.661 * x + 0.339 * Math.sqrt(x * x + 5.51)));
    }
    return 1; // half of them at least
  }

  /**
   * The least code's score with which an exact one may still be so high.
   *
   * @param deviations that it may have, more than 0, for the better
   * @return minus infinity if nothing is known
   */
  double least(double exact, double deviations) {
    if (fit() == false || slope == 0) {
      return Double.NEGATIVE_INFINITY;
    }
    return meanCode + (exact - meanExact - deviations * deviation) / slope;
  }
}

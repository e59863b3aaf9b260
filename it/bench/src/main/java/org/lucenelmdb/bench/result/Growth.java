/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.Map;
import java.util.OptionalDouble;

/** The growth of a figure with the number of vectors. */
public final class Growth {

  private Growth() {}

  /**
   * The exponent b of the power law {@code figure = a * vectors^b}, fitted by least squares over
   * the logarithms: 1 is linear growth. Empty with fewer than two sizes.
   *
   * @param figures by the number of vectors; non-positive ones are ignored
   */
  public static OptionalDouble exponent(Map<Integer, Double> figures) {
    double n = 0;
    double sumX = 0;
    double sumY = 0;
    double sumXX = 0;
    double sumXY = 0;
    for (Map.Entry<Integer, Double> entry : figures.entrySet()) {
      if (entry.getKey() > 0 && entry.getValue() > 0) {
        double x = Math.log(entry.getKey());
        double y = Math.log(entry.getValue());
        n++;
        sumX += x;
        sumY += y;
        sumXX += x * x;
        sumXY += x * y;
      }
    }
    return n < 2
        ? OptionalDouble.empty()
        : OptionalDouble.of((n * sumXY - sumX * sumY) / (n * sumXX - sumX * sumX));
  }
}

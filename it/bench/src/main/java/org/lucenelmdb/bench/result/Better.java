/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

/** Whether higher or lower values of a figure are better. */
public enum Better {
  HIGHER,
  LOWER;

  /** Rates and recall are better when higher; times, sizes and pages when lower. */
  public static Better of(String figure) {
    return switch (figure) {
      case Figures.RECALL,
          Figures.FRESH_RECALL,
          Figures.UNFILTERED_RECALL,
          Figures.RATE,
          Figures.CPU_RATE ->
          HIGHER;
      default -> LOWER;
    };
  }

  /** The better one of two values. */
  public double best(double a, double b) {
    return this == HIGHER ? Math.max(a, b) : Math.min(a, b);
  }
}

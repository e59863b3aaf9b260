/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

/**
 * The efforts whose recall is measured, in ascending order. Each is a pair of the beam factor and
 * the tolerance of an {@link org.lucenelmdb.internal.search.Effort}.
 *
 * @param usual the efforts that are measured on all data
 * @param more the efforts that only hard data need
 */
record CalibrationEfforts(float[][] usual, float[][] more) {

  /** A tolerance that no query exceeds, so that errors of codes do not extend a traversal. */
  private static final float NO_TOLERANCE = 10_000;

  /** Efforts with codes: first a wider beam, then less tolerance, or both. */
  private static final CalibrationEfforts ON_CODES =
      new CalibrationEfforts(
          new float[][] {
            {0.8f, NO_TOLERANCE},
            {1, 3},
            {1, 0.5f},
            {1, 0.05f},
            {1.1f, 0.0125f},
            {1.5f, 0.003f},
            {3, 0.0015f},
          },
          new float[][] {{6, 0.001f}, {12, 0.0005f}, {24, 0.0005f}, {64, 0.0005f}});

  /** Efforts without codes, which ignore the tolerance. */
  private static final CalibrationEfforts ON_VECTORS =
      new CalibrationEfforts(
          new float[][] {{1.1f, 1}, {1.4f, 1}, {1.8f, 1}, {2.4f, 1}, {3.2f, 1}, {4.5f, 1}, {6, 1}},
          new float[][] {{10, 1}, {20, 1}, {40, 1}, {80, 1}});

  /** Returns the efforts for searches with or without codes. */
  static CalibrationEfforts of(boolean onCodes) {
    return onCodes ? ON_CODES : ON_VECTORS;
  }
}

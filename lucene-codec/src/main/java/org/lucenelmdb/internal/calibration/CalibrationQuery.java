/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

/**
 * A query, and the scores that its results must reach. Results with equal scores are equally good.
 *
 * @param ordinal the ordinal of the held-out vector that is the query
 * @param minScoreOfFew the score of the last of the few nearest vectors
 * @param minScoreOfMany the score of the last of the many nearest vectors; NaN if only the recall
 *     of the few nearest is measured
 */
record CalibrationQuery(int ordinal, float minScoreOfFew, float minScoreOfMany) {

  boolean isForMany() {
    return Float.isNaN(minScoreOfMany) == false;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

/**
 * The limits of the number of neighbors that a {@link NeighborSelector} selects.
 *
 * @param max the largest number of neighbors
 * @param min if fewer are selected as diverse, the best rejected candidates fill up to this number
 * @param maxDiverse the largest number of neighbors that are selected as diverse
 */
record LinkLimits(int max, int min, int maxDiverse) {

  /** Returns limits that select all diverse candidates, up to a maximum. */
  static LinkLimits diverse(int max) {
    return atLeast(max, 0);
  }

  /**
   * Returns limits that select all diverse candidates, up to a maximum, and fill up to a minimum.
   */
  static LinkLimits atLeast(int max, int min) {
    return new LinkLimits(max, Math.min(min, max), max);
  }
}

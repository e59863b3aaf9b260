/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

/**
 * How many neighbors are chosen among candidates.
 *
 * @param max how many at most
 * @param min if fewer are diverse, so many are chosen: the best of the others, too
 * @param maxDiverse how many are chosen for being diverse, at most; the rest are the best that are
 *     left
 */
record LinkLimits(int max, int min, int maxDiverse) {

  /** As many as are diverse, but at most so many. */
  static LinkLimits diverse(int max) {
    return atLeast(max, 0);
  }

  /** As many as are diverse, but at least and at most so many. */
  static LinkLimits atLeast(int max, int min) {
    return new LinkLimits(max, Math.min(min, max), max);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.build;

import java.util.SplittableRandom;

/**
 * Draws the highest levels of nodes, always the same for a seed: HNSW's distribution, but that a
 * node in 2 * M is on the next level, not one in M. Nodes have so many neighbours on level 0, and a
 * level above that was twice as large would save no more than a step there; but its links, which
 * lead far, took 4 bytes for each node of 1,000,000.
 */
final class Levels {

  /** Far above what is ever drawn, and below what a graph may have. */
  private static final int MAX_LEVEL = 32;

  private static final int DEVIATIONS = 16;

  private final SplittableRandom random;
  private final double factor;

  Levels(int maxConn, long seed) {
    this.random = new SplittableRandom(seed);
    this.factor = 1 / Math.log(2 * maxConn);
  }

  /** Draws the next node's level. */
  int next() {
    double uniform = 1 - random.nextDouble(); // never 0
    return (int) Math.min(MAX_LEVEL, -Math.log(uniform) * factor);
  }

  /**
   * No more nodes than so many are on the levels above level 0, together: levels are distributed
   * geometrically, and a sum of them that is so many standard deviations above its mean is not
   * drawn.
   */
  static int maxUpperRecords(int size, int maxConn) {
    double up = 1 / (2.0 * maxConn);
    double mean = size * up / (1 - up);
    double deviation = Math.sqrt(size * up) / (1 - up);
    return Math.toIntExact((long) (mean + DEVIATIONS * deviation + DEVIATIONS * DEVIATIONS));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.build;

import java.util.SplittableRandom;

/**
 * Draws the highest levels of nodes, always the same for a seed: HNSW's distribution, by which a
 * node in M is on the next level.
 */
final class Levels {

  /** Far above what is ever drawn, and below what a graph may have. */
  private static final int MAX_LEVEL = 32;

  private final SplittableRandom random;
  private final double factor;

  Levels(int maxConn, long seed) {
    this.random = new SplittableRandom(seed);
    this.factor = 1 / Math.log(maxConn);
  }

  /** Draws the next node's level. */
  int next() {
    double uniform = 1 - random.nextDouble(); // never 0
    return (int) Math.min(MAX_LEVEL, -Math.log(uniform) * factor);
  }

  /** How many nodes are on the levels above level 0, together, when so many are drawn. */
  static int upperRecords(int size, int maxConn, long seed) {
    Levels levels = new Levels(maxConn, seed);
    int records = 0;
    for (int i = 0; i < size; i++) {
      records = Math.addExact(records, levels.next());
    }
    return records;
  }
}

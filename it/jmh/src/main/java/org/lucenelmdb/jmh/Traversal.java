/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.util.SplittableRandom;

/**
 * Visits random nodes.
 *
 * <p>A search knows the next node only after it has read the last one, so {@link #next} takes a
 * value that was read. Otherwise the processor would read the links of several nodes in parallel.
 */
final class Traversal {

  private static final int STEPS = 1 << 16;

  private final int[] nodes = new int[STEPS];
  private int step;

  /**
   * @param size the number of nodes
   */
  Traversal(int size) {
    SplittableRandom random = new SplittableRandom(Expansion.SEED);
    for (int i = 0; i < STEPS; i++) {
      nodes[i] = random.nextInt(size);
    }
  }

  /**
   * The next node.
   *
   * @param read a non-negative value that neither compiler nor processor can predict
   */
  int next(int read) {
    step = step + 1 + (read >>> 31) & STEPS - 1;
    return nodes[step];
  }
}

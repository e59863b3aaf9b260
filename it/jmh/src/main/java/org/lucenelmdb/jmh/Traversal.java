/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.util.SplittableRandom;

/**
 * Goes from node to node at random.
 *
 * <p>A search knows the next node only after it has read the last one. So {@link #next} wants
 * something that was read: without it, the processor would read several nodes' links at once.
 */
final class Traversal {

  private static final int STEPS = 1 << 16;

  private final int[] nodes = new int[STEPS];
  private int step;

  /**
   * @param size nodes are from 0 to this, exclusive
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
   * @param read not negative, which neither compiler nor processor can know in advance
   */
  int next(int read) {
    step = step + 1 + (read >>> 31) & STEPS - 1;
    return nodes[step];
  }
}

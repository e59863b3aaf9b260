/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.Arrays;
import java.util.Random;

/**
 * Which vectors are queries and which are the base, by their indices in the source: every (count /
 * queries)-th is a query, the others are shuffled and the first of them are the base.
 */
record Split(int[] queries, int[] base) {

  /**
   * Splits.
   *
   * @param count how many vectors there are; more than {@code queryCount}
   * @param maxBase the base has at most so many
   */
  static Split of(int count, int queryCount, int maxBase, long seed) {
    int[] queries = new int[queryCount];
    int[] rest = new int[count - queryCount];
    int step = count / queryCount;
    int found = 0;
    for (int i = 0; i < count; i++) {
      if (found < queryCount && i % step == 0) {
        queries[found++] = i;
      } else {
        rest[i - found] = i;
      }
    }
    shuffle(rest, new Random(seed));
    return new Split(queries, Arrays.copyOf(rest, Math.min(maxBase, rest.length)));
  }

  /** Gives the order that Collections.shuffle gives a list. */
  private static void shuffle(int[] indices, Random random) {
    for (int i = indices.length; i > 1; i--) {
      int j = random.nextInt(i);
      int swapped = indices[i - 1];
      indices[i - 1] = indices[j];
      indices[j] = swapped;
    }
  }
}

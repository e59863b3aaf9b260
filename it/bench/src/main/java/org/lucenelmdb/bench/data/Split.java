/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.Arrays;
import java.util.Random;

/**
 * Which vectors are queries and which are the base, by their indices in the sources of each. The
 * base is shuffled.
 */
record Split(int[] queries, int[] base) {

  /**
   * Splits one source: every (count / queries)-th vector is a query.
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

  /**
   * Splits where queries are vectors of their own: evenly spaced ones of these.
   *
   * @param available how many vectors there are that may be queries, at least {@code queryCount}
   */
  static Split separate(int count, int queryCount, int available, int maxBase, long seed) {
    int[] queries = new int[queryCount];
    Arrays.setAll(queries, i -> (int) ((long) i * available / queryCount));
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    shuffle(all, new Random(seed));
    return new Split(queries, Arrays.copyOf(all, Math.min(maxBase, count)));
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

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.Arrays;
import java.util.Random;

/** The queries and the base, as indices into their sources. The base is shuffled. */
record Split(int[] queries, int[] base) {

  /**
   * Splits one source: every (count / queries)-th vector is a query.
   *
   * @param count the number of vectors; more than {@code queryCount}
   * @param maxBase the maximum size of the base
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
   * Splits if queries have a source of their own; evenly spaced vectors of it are chosen.
   *
   * @param available the number of vectors that may be queries, at least {@code queryCount}
   */
  static Split separate(int count, int queryCount, int available, int maxBase, long seed) {
    int[] queries = new int[queryCount];
    Arrays.setAll(queries, i -> (int) ((long) i * available / queryCount));
    int[] all = new int[count];
    Arrays.setAll(all, i -> i);
    shuffle(all, new Random(seed));
    return new Split(queries, Arrays.copyOf(all, Math.min(maxBase, count)));
  }

  /** Results in the same order as Collections.shuffle on a list. */
  private static void shuffle(int[] indices, Random random) {
    for (int i = indices.length; i > 1; i--) {
      int j = random.nextInt(i);
      int swapped = indices[i - 1];
      indices[i - 1] = indices[j];
      indices[j] = swapped;
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.bench;

import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.ArrayUtil;

/** The times of searches, in nanoseconds. For one thread. */
final class Latencies {

  private long[] nanos = new long[1 << 12];
  private int count;

  void add(long time) {
    nanos = ArrayUtil.grow(nanos, count + 1);
    nanos[count++] = time;
  }

  /** Returns all times, ascending. */
  static long[] sorted(List<Latencies> all) {
    long[] sorted = new long[all.stream().mapToInt(one -> one.count).sum()];
    int at = 0;
    for (Latencies one : all) {
      System.arraycopy(one.nanos, 0, sorted, at, one.count);
      at += one.count;
    }
    Arrays.sort(sorted);
    return sorted;
  }

  /** Returns the least time that a share of the searches did not exceed, in milliseconds. */
  static double percentile(long[] sorted, double share) {
    int place = (int) Math.ceil(share * sorted.length) - 1;
    return sorted.length == 0 ? Double.NaN : sorted[Math.max(0, place)] / 1e6;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/**
 * Fetches vectors that are about to be scored, all at once: pages that are not there from disk, and
 * the others' lines. Thread-safe.
 */
final class VectorPrefetch {

  /** A quarter of a vector's cache lines is touched: the CPU fetches what follows by itself. */
  private static final int TOUCH_BYTES = 4 * 64;

  /** A vector that takes so long is not in memory. */
  private static final long COLD_NANOS = 20_000;

  private static final int MAX_COLD_SEARCHES = 64;

  private final VectorBlocks vectors;
  private final OffHeapBytes memory;

  /**
   * How many searches tell the system in advance what they will read. That is a lot of calls for
   * nothing if everything is in memory, so only searches after one that had to wait for the disk do
   * it. Threads overwrite each other's changes, which does no harm.
   */
  private int coldSearches = MAX_COLD_SEARCHES;

  /**
   * @param memory where the vectors are; null if they are not mapped
   */
  VectorPrefetch(VectorBlocks vectors, OffHeapBytes memory) {
    this.vectors = vectors;
    this.memory = memory;
  }

  /**
   * Fetches some vectors.
   *
   * @param addresses room for as many
   * @return something that was read, for the caller to use, lest the JVM leave it out
   */
  int fetch(KnnVectorValues values, int[] ords, int count, long[] addresses) throws IOException {
    if (coldSearches > 0) {
      values.prefetch(ords, count);
    }
    if (memory == null) {
      return 0;
    }
    for (int i = 0; i < count; i++) {
      addresses[i] = vectors.address(ords[i]);
    }
    long start = System.nanoTime();
    int touched = 0;
    for (int at = 0; at < vectors.vectorBytes(); at += TOUCH_BYTES) {
      touched += memory.prefetch(addresses, count, at);
    }
    long nanos = System.nanoTime() - start;
    if (nanos > count * COLD_NANOS) {
      coldSearches = MAX_COLD_SEARCHES;
    } else if (coldSearches > 0) {
      coldSearches--;
    }
    return touched;
  }
}

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
 * Prefetches vectors that are about to be scored, all at once: pages from disk, and cache lines
 * from memory. Thread-safe.
 */
final class VectorPrefetch {

  /**
   * The distance of prefetched addresses, in bytes: one of four cache lines, because the CPU
   * prefetches the lines that follow.
   */
  private static final int TOUCH_BYTES = 4 * 64;

  /**
   * The average time per vector, in nanoseconds, above which a call is assumed to have waited for
   * the disk.
   */
  private static final long COLD_NANOS = 20_000;

  private static final int MAX_COLD_SEARCHES = 64;

  private final VectorBlocks vectors;
  private final OffHeapBytes memory;

  /**
   * The number of further calls that ask the operating system to read the vectors ahead. These
   * system calls are wasted if all vectors are in memory, so they are only made after a call had to
   * wait for the disk. Lost updates by other threads do no harm.
   */
  private int coldSearches = MAX_COLD_SEARCHES;

  /**
   * @param memory the memory of the vectors; null if they are not mapped
   */
  VectorPrefetch(VectorBlocks vectors, OffHeapBytes memory) {
    this.vectors = vectors;
    this.memory = memory;
  }

  /**
   * Prefetches vectors.
   *
   * @param addresses an array of the same capacity as the ordinals
   * @return a value that the caller has to use, so that the JIT cannot eliminate the reads
   */
  int prefetch(KnnVectorValues values, int[] ords, int count, long[] addresses) throws IOException {
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

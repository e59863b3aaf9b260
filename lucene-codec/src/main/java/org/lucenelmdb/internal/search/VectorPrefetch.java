/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.RecordPrefetch;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/** Prefetches vectors that are about to be scored, all at once. For one thread. */
final class VectorPrefetch {

  /**
   * The distance of prefetched addresses, in bytes: one of four cache lines, because the CPU
   * prefetches the lines that follow.
   */
  private static final int STRIDE_BYTES = 4 * 64;

  private final VectorBlocks vectors;
  private final RecordPrefetch records; // null if the vectors are not mapped
  private long[] addresses = new long[0];

  /**
   * @param memory the memory of the vectors; null if they are not mapped
   */
  VectorPrefetch(VectorBlocks vectors, OffHeapBytes memory) {
    this.vectors = vectors;
    this.records =
        memory == null
            ? null
            : new RecordPrefetch(memory, vectors.vectorBytes(), STRIDE_BYTES, 1, 1);
  }

  /**
   * Prefetches vectors.
   *
   * @return a value that the caller has to use, so that the JIT cannot eliminate the reads
   */
  int prefetch(KnnVectorValues values, int[] ords, int count) throws IOException {
    if (records == null) {
      values.prefetch(ords, count);
      return 0;
    }
    addresses = ArrayUtil.growNoCopy(addresses, count);
    for (int i = 0; i < count; i++) {
      addresses[i] = vectors.address(ords[i]);
    }
    return records.prefetch(addresses, count);
  }

  /** The reads of vectors from a disk; null if the vectors are not mapped. */
  RecordPrefetch reads() {
    return records;
  }
}

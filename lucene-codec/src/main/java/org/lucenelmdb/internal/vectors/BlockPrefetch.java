/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.RecordPrefetch;

/**
 * Prefetches vectors of an image that are about to be scored: the first cache line of each, and
 * their pages if they must be read from a disk. Does nothing if the image is not mapped. For one
 * thread.
 */
final class BlockPrefetch {

  private final VectorBlocks blocks;
  private final RecordPrefetch records; // null if the image is not mapped
  private long[] addresses = new long[0];

  BlockPrefetch(IndexInput image, VectorBlocks blocks) throws IOException {
    this.blocks = blocks;
    OffHeapBytes memory =
        OffHeapBytes.of(image.randomAccessSlice(0, image.length()), image.length());
    int bytes = blocks.vectorBytes();
    this.records = memory == null ? null : new RecordPrefetch(memory, bytes, bytes, 1, 1);
  }

  /**
   * Prefetches vectors.
   *
   * @return a value that the caller has to use, so that the JIT cannot eliminate the reads
   */
  int prefetch(int[] ords, int count) {
    if (records == null) {
      return 0;
    }
    addresses = ArrayUtil.growNoCopy(addresses, count);
    for (int i = 0; i < count; i++) {
      addresses[i] = blocks.address(ords[i]);
    }
    return records.prefetch(addresses, count);
  }
}

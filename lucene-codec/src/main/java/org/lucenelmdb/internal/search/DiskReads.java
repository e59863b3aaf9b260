/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.lucenelmdb.internal.offheap.RecordPrefetch;

/**
 * What a search read from a disk.
 *
 * @param requests the number of requests for pages of vectors or codes. A search makes requests
 *     after a read that waited, for all vectors of a batch at once; many of the pages may be in
 *     memory
 * @param waits the number of batches whose reading took so long that it waited for a disk
 */
public record DiskReads(int requests, int waits) {

  /** No known reads. */
  public static final DiskReads NONE = new DiskReads(0, 0);

  /**
   * Starts counting.
   *
   * @param prefetches each may be null
   */
  static void begin(RecordPrefetch... prefetches) {
    for (RecordPrefetch prefetch : prefetches) {
      if (prefetch != null) {
        prefetch.begin();
      }
    }
  }

  /**
   * The sum of reads.
   *
   * @param prefetches each may be null
   */
  static DiskReads of(RecordPrefetch... prefetches) {
    DiskReads sum = NONE;
    for (RecordPrefetch prefetch : prefetches) {
      if (prefetch != null) {
        sum = new DiskReads(sum.requests + prefetch.requests(), sum.waits + prefetch.waits());
      }
    }
    return sum;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.offheap;

/**
 * Prefetches records of mapped memory that are about to be read, all at once: cache lines from
 * memory, and pages from the disk. For one thread.
 *
 * <p>Lines are prefetched by reading a byte of each. Where a page is not in memory, such a read
 * waits for the disk, and so the disk serves one page at a time. A disk serves about three times as
 * many if 16 or more are requested at once. A request is a system call, which is wasted if the page
 * is in memory, so pages are requested only after reads that took so long that they must have
 * waited for a disk.
 */
public final class RecordPrefetch {

  /** The least time of a call that waited for a disk; a read of a page takes 80 µs or more. */
  private static final long WAIT_NANOS = 40_000;

  /** The slowest rate, in bytes per nanosecond, at which records are read from memory. */
  private static final long MEMORY_RATE = 2;

  /** How many calls request pages after a call that waited. */
  private static final int COLD_CALLS = 8;

  private final OffHeapBytes memory;
  private final long start;
  private final int recordBytes;
  private final int stride;
  private final int timedCalls;
  private final int waitsUntilCold;
  private int calls;
  private int successiveWaits;
  private int coldCalls;
  private int requests;
  private int waits;

  /**
   * @param memory the memory of the records
   * @param stride the distance of reads within a record, in bytes
   * @param timedCalls the number of calls of which one is timed; a power of two
   * @param waitsUntilCold pages are requested after so many successive waits. A single one of a
   *     short call may have another reason: the thread may have lost its CPU
   */
  public RecordPrefetch(
      OffHeapBytes memory, int recordBytes, int stride, int timedCalls, int waitsUntilCold) {
    this.memory = memory;
    this.start = memory.nativeAddress();
    this.recordBytes = recordBytes;
    this.stride = stride;
    this.timedCalls = timedCalls;
    this.waitsUntilCold = waitsUntilCold;
  }

  /**
   * Whether the next call should be timed. If not, the caller may read the records itself, in a
   * loop that the JIT compiles for its records only.
   */
  public boolean isDue() {
    return coldCalls > 0 || successiveWaits > 0 || (++calls & timedCalls - 1) == 0;
  }

  private int touch(long[] addresses, int count) {
    int sum = 0;
    for (int at = 0; at < recordBytes; at += stride) {
      sum += memory.prefetch(addresses, count, at);
    }
    return sum;
  }

  /**
   * Prefetches records, and finds out whether that waits for a disk.
   *
   * @param addresses the addresses of their first bytes
   * @return accumulated reads, which the caller must use so that the JIT cannot eliminate them
   */
  public int prefetch(long[] addresses, int count) {
    if (coldCalls > 0) {
      request(addresses, count);
    }
    long begin = System.nanoTime();
    int sum = touch(addresses, count);
    long nanos = System.nanoTime() - begin;
    if (nanos > WAIT_NANOS + (long) count * recordBytes / MEMORY_RATE) {
      waits++;
      successiveWaits++;
      if (successiveWaits >= waitsUntilCold) {
        coldCalls = COLD_CALLS;
      }
    } else {
      successiveWaits = 0;
      coldCalls = Math.max(0, coldCalls - 1);
    }
    return sum;
  }

  /** Requests the pages of records, in any order. */
  void request(long[] addresses, int count) {
    if (PageAdvice.isAvailable() == false) {
      return;
    }
    long from = 0; // the pages that were requested last
    long to = 0;
    for (int i = 0; i < count; i++) {
      long first = start + addresses[i];
      if (first < from || first + recordBytes > to) {
        from = first;
        to = PageAdvice.request(first, recordBytes);
        requests++;
      }
    }
  }

  /** Starts counting {@link #requests} and {@link #waits} from 0. */
  public void begin() {
    requests = 0;
    waits = 0;
  }

  /** The number of requests for pages, of which many may have been in memory. */
  public int requests() {
    return requests;
  }

  /** The number of timed calls that waited for a disk. */
  public int waits() {
    return waits;
  }
}

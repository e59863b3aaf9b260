/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.RecordPrefetch;

/**
 * Scores the codes of nodes against a query: first {@link #prefetch}, then {@link #score}. Codes
 * are compared in place where that is supported, otherwise they are copied. Not thread-safe;
 * reusable for one query after another.
 *
 * <p>Cache misses take most of the time. All records of a batch are prefetched before the first one
 * is scored, so that the CPU waits for all of them at once.
 */
public abstract class CodeScorer {

  private static final int CACHE_LINE_BYTES = 64;

  /** Reading the clock takes about as long as prefetching a code, so it is rarely read. */
  private static final int TIMED_CALLS = 16;

  private static final int WAITS_UNTIL_COLD = 3;

  private final QuantizedQuery query;
  private final OffHeapBytes memory; // null if the records can only be read from the input
  private final RecordPrefetch prefetch; // null without memory
  private final RandomAccessInput input; // not used if there is memory
  private final boolean inPlace;
  private final int recordBytes;
  private final byte[] record; // a copy, followed by slack that stays 0
  private long[] addresses = new long[0];

  /**
   * @param memory contains the records, each followed by {@link QuantizedQuery#SLACK_BYTES}; null
   *     if they can only be read from the input
   * @param input an input of the same bytes; may be null if there is memory
   */
  CodeScorer(CodeModel model, OffHeapBytes memory, RandomAccessInput input) {
    this.query = QuantizedQuery.create(model);
    this.memory = memory;
    this.input = input;
    this.inPlace = memory != null && query.canScoreInPlace();
    this.recordBytes = model.layout().recordBytes();
    this.record = new byte[recordBytes + QuantizedQuery.SLACK_BYTES];
    this.prefetch =
        memory == null
            ? null
            : new RecordPrefetch(
                memory, recordBytes, CACHE_LINE_BYTES, TIMED_CALLS, WAITS_UNTIL_COLD);
  }

  /** Changes the query vector. */
  public final void setTarget(float[] target) {
    query.setTarget(target);
  }

  /**
   * Prefetches the codes of nodes, which {@link #score} scores next.
   *
   * @param nodes not checked; all must be below the number of nodes
   * @return accumulated reads, which the caller must use so that the JIT cannot eliminate them
   */
  public abstract int prefetch(int[] nodes, int count);

  /**
   * Scores the nodes that were prefetched last. A score increases with the similarity, and is
   * comparable only with other scores of the same query.
   *
   * @param count the number of nodes to score, at most the number of prefetched nodes
   */
  public final void score(int count, float[] scores) throws IOException {
    if (inPlace) {
      query.score(memory, addresses, count, scores);
      return;
    }
    for (int i = 0; i < count; i++) {
      if (memory != null) {
        memory.read(addresses[i], record, 0, recordBytes);
      } else {
        input.readBytes(addresses[i], record, 0, recordBytes);
      }
      scores[i] = query.score(record);
    }
  }

  /** The array to which {@link #prefetch} writes the addresses of records. */
  final long[] addresses(int count) {
    addresses = ArrayUtil.growNoCopy(addresses, count);
    return addresses;
  }

  /** Prefetches the records at the addresses. */
  final int prefetchRecords(int count) {
    if (prefetch != null && prefetch.isDue()) {
      return prefetch.prefetch(addresses, count);
    }
    int sum = 0;
    for (int at = 0; memory != null && at < recordBytes; at += CACHE_LINE_BYTES) {
      sum += memory.prefetch(addresses, count, at);
    }
    return sum;
  }

  /** The reads of codes from a disk; null if the codes are not mapped. */
  public final RecordPrefetch reads() {
    return prefetch;
  }

  /** Returns {@link QuantizedQuery#errorScale} of the record at an address. */
  final double errorScale(long address, float score) throws IOException {
    int bytes = Math.min(recordBytes, CodeLayout.HEADER_BYTES);
    if (memory != null) {
      memory.read(address, record, 0, bytes);
    } else {
      input.readBytes(address, record, 0, bytes);
    }
    return query.errorScale(record, score);
  }
}

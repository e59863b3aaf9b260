/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Compares records with a query: where they lie if it can, else it copies them. For one thread, and
 * one query after the other.
 *
 * <p>Most of the time goes into waiting for memory: a loop that only {@linkplain #touch touches}
 * all records that are to be scored waits for all of them at once.
 */
final class CodeScorer {

  private static final int LINE_BYTES = 64;

  private static final int CONSTANTS_BYTES = 16;

  private final QuantizedQuery query;
  private final OffHeapBytes memory; // null if there is but the input
  private final RandomAccessInput input; // null if there is memory only
  private final boolean inPlace;
  private final int recordBytes;
  private final byte[] record; // what lies behind the record is never written to
  private long[] addresses = new long[0];

  /**
   * @param memory has the records, each with {@link QuantizedQuery#SLACK_BYTES} behind it; may be
   *     null
   * @param input of the same bytes, to be read if there is no memory; otherwise may be null
   */
  CodeScorer(QuantizedQuery query, OffHeapBytes memory, RandomAccessInput input) {
    this.query = query;
    this.memory = memory;
    this.input = input;
    this.inPlace = memory != null && query.canScoreInPlace();
    this.recordBytes = query.layout.recordBytes();
    this.record = new byte[recordBytes + QuantizedQuery.SLACK_BYTES];
  }

  void setTarget(float[] target) {
    query.set(target);
  }

  /** Room for the addresses of records, to be written before {@link #touch}. */
  long[] addresses(int count) {
    addresses = ArrayUtil.growNoCopy(addresses, count);
    return addresses;
  }

  /**
   * Makes the CPU fetch the records at the addresses.
   *
   * @return something that was read, for the caller to use, lest the JVM leave it out
   */
  int touch(int count) {
    int sum = 0;
    for (int at = 0; memory != null && at < recordBytes; at += LINE_BYTES) {
      sum += memory.touch(addresses, count, at);
    }
    return sum;
  }

  /** Scores the records at the addresses. */
  void score(int count, float[] scores) throws IOException {
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

  /** The {@link QuantizedQuery#errorScale} of the record at an address. */
  double errorScale(long address, float score) throws IOException {
    int bytes = Math.min(recordBytes, CONSTANTS_BYTES);
    if (memory != null) {
      memory.read(address, record, 0, bytes);
    } else {
      input.readBytes(address, record, 0, bytes);
    }
    return query.errorScale(record, score);
  }
}

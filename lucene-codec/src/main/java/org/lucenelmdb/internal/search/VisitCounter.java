/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.KnnCollector;

/**
 * Counts the codes that a quantized search scores, within the visit limit of its collector. The
 * collector receives the count when the search ends. For one thread.
 *
 * <p>An abandoned traversal does not count against the limit. Lucene's queries limit visits to the
 * number of matching vectors; if the scan after an abandoned traversal exceeded the limit, Lucene
 * would repeat the scan.
 */
final class VisitCounter {

  private long limit;
  private long visits;
  private long abandoned;

  /** Begins a search. */
  void begin(KnnCollector collector) {
    visits = 0;
    abandoned = 0;
    limit = left(collector);
  }

  /** Begins a traversal or a scan. Earlier visits no longer count against the limit. */
  void restart(KnnCollector collector) {
    abandoned += visits;
    visits = 0;
    limit = left(collector);
  }

  /** Adds visits that do not count against the limit. */
  void addAbandoned(long count) {
    abandoned += count;
  }

  void add(long count) {
    visits += count;
  }

  /** The number of codes that may still be scored. */
  long left() {
    return limit - visits;
  }

  boolean isExhausted() {
    return visits >= limit;
  }

  /** Whether a scan may score this many codes. */
  static boolean allows(int count, KnnCollector collector) {
    return count <= left(collector);
  }

  private static long left(KnnCollector collector) {
    return collector.visitLimit() - collector.visitedCount();
  }

  /** The visits that count against the limit: those of the last traversal or scan. */
  long counted() {
    return visits;
  }

  /** The total number of codes that were scored. */
  long total() {
    return abandoned + visits;
  }
}

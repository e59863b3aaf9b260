/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** What the plugin counts on a node; the server injects it where it is needed. */
public final class NodeFigures {

  private final SearchCounters searches;
  private final long memoryLimit;
  private final LongSupplier memoryUsed;

  /**
   * @param memoryLimit of builds, in bytes
   * @param memoryUsed by builds now, in bytes
   */
  public NodeFigures(SearchCounters searches, long memoryLimit, LongSupplier memoryUsed) {
    this.searches = searches;
    this.memoryLimit = memoryLimit;
    this.memoryUsed = memoryUsed;
  }

  SearchCounters searches() {
    return searches;
  }

  Map<String, Long> build() {
    Map<String, Long> figures = new TreeMap<>();
    figures.put("memory_limit_bytes", memoryLimit);
    figures.put("memory_used_bytes", memoryUsed.getAsLong());
    return figures;
  }
}

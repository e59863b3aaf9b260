/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.util.Map;
import java.util.TreeMap;
import org.lucenelmdb.LmdbHnswBuildMemory;

/** What the plugin counts on a node; the server injects it where it is needed. */
public final class NodeFigures {

  private final SearchStatistics searches;
  private final LmdbHnswBuildMemory memory;

  /**
   * @param memory of all builds on the node
   */
  public NodeFigures(SearchStatistics searches, LmdbHnswBuildMemory memory) {
    this.searches = searches;
    this.memory = memory;
  }

  SearchStatistics searches() {
    return searches;
  }

  Map<String, Long> build() {
    Map<String, Long> figures = new TreeMap<>();
    figures.put("memory_limit_bytes", memory.limit());
    figures.put("memory_used_bytes", memory.used());
    return figures;
  }
}

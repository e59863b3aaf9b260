/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.lucenelmdb.LmdbHnswSearchListener;
import org.opensearch.core.index.Index;

/**
 * Counts the searches of segments on a node since it was started, in total and for each field.
 * Thread-safe.
 */
public final class SearchStatistics {

  private final SearchCounters total = new SearchCounters();
  private final Map<Index, Map<String, SearchCounters>> fields = new ConcurrentHashMap<>();

  /**
   * Counts the searches of a field.
   *
   * @param field its name, not that of an alias
   */
  public LmdbHnswSearchListener listener(Index index, String field) {
    SearchCounters counters =
        fields
            .computeIfAbsent(index, i -> new ConcurrentHashMap<>())
            .computeIfAbsent(field, f -> new SearchCounters());
    return search -> {
      total.onSearch(search);
      counters.onSearch(search);
    };
  }

  /** Frees the counts of an index that was removed from the node. The total keeps them. */
  public void remove(Index index) {
    fields.remove(index);
  }

  /** The counts of all fields, by their names. */
  Map<String, Long> total() {
    return total.counts();
  }

  /** The counts of a field, by their names. */
  Map<String, Long> field(Index index, String field) {
    SearchCounters counters = fields.getOrDefault(index, Map.of()).get(field);
    return (counters == null ? new SearchCounters() : counters).counts();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.stats;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswSearchListener;

/** Counts searches of segments. Thread-safe. */
final class SearchCounters implements LmdbHnswSearchListener {

  private final LongAdder searches = new LongAdder();
  private final LongAdder quantized = new LongAdder();
  private final LongAdder visits = new LongAdder();
  private final LongAdder expandedNodes = new LongAdder();
  private final LongAdder reranked = new LongAdder();
  private final Map<LmdbHnswFilterStrategy, LongAdder> strategies =
      new EnumMap<>(LmdbHnswFilterStrategy.class);

  /** Begins at 0. */
  SearchCounters() {
    for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
      strategies.put(strategy, new LongAdder());
    }
  }

  @Override
  public void onSearch(Search search) {
    searches.increment();
    quantized.add(search.quantized() ? 1 : 0);
    visits.add(search.visits());
    expandedNodes.add(search.expandedNodes());
    reranked.add(search.reranked());
    for (LmdbHnswFilterStrategy strategy : search.strategies()) {
      strategies.get(strategy).increment();
    }
  }

  /** The counts by their names. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("segment_searches", searches.sum());
    counts.put("quantized_segment_searches", quantized.sum());
    counts.put("visits", visits.sum());
    counts.put("expanded_nodes", expandedNodes.sum());
    counts.put("reranked", reranked.sum());
    strategies.forEach(
        (strategy, count) -> {
          if (strategy != LmdbHnswFilterStrategy.AUTO) {
            counts.put("strategy_" + strategy.name().toLowerCase(Locale.ROOT), count.sum());
          }
        });
    return counts;
  }
}

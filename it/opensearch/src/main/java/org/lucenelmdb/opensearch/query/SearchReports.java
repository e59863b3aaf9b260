/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.query;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswSearchListener;
import org.opensearch.search.profile.ProfileMetric;

/** Sums up what the searches of one query did in the segments of a shard. Thread-safe. */
public final class SearchReports implements LmdbHnswSearchListener {

  private final LmdbHnswSearchListener next;
  private final Map<LmdbHnswFilterStrategy, Long> strategies =
      new EnumMap<>(LmdbHnswFilterStrategy.class);
  private long segments;
  private long quantized;
  private long visits;
  private long expandedNodes;
  private long reranked;
  private boolean isReported;

  /**
   * @param next is told, too
   */
  SearchReports(LmdbHnswSearchListener next) {
    this.next = next;
  }

  @Override
  public void onSearch(Search search) {
    synchronized (this) {
      segments++;
      quantized += search.quantized() ? 1 : 0;
      visits += search.visits();
      expandedNodes += search.expandedNodes();
      reranked += search.reranked();
      for (LmdbHnswFilterStrategy strategy : search.strategies()) {
        strategies.merge(strategy, 1L, Long::sum);
      }
    }
    next.onSearch(search);
  }

  /**
   * A metric for a profile. A profile asks for one in each segment and sums them up; the search of
   * all segments is in the first one, as it runs before any segment is collected.
   */
  public ProfileMetric metric() {
    return new ProfileMetric("lmdb_hnsw") {
      private Map<String, Long> breakdown;

      @Override
      public synchronized Map<String, Long> toBreakdownMap() {
        if (breakdown == null) {
          breakdown = takeBreakdown();
        }
        return breakdown;
      }
    };
  }

  private synchronized Map<String, Long> takeBreakdown() {
    Map<String, Long> breakdown = new TreeMap<>();
    long factor = isReported ? 0 : 1;
    isReported = true;
    breakdown.put("lmdb_hnsw_segments", factor * segments);
    breakdown.put("lmdb_hnsw_quantized_segments", factor * quantized);
    breakdown.put("lmdb_hnsw_visits", factor * visits);
    breakdown.put("lmdb_hnsw_expanded_nodes", factor * expandedNodes);
    breakdown.put("lmdb_hnsw_reranked", factor * reranked);
    for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
      if (strategy != LmdbHnswFilterStrategy.AUTO) {
        breakdown.put(
            "lmdb_hnsw_" + StrategyNames.nameOf(strategy),
            factor * strategies.getOrDefault(strategy, 0L));
      }
    }
    return breakdown;
  }
}

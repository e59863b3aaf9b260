/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.query;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
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
  private final Set<String> reported = new HashSet<>();

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
   * Metrics for a profile, one for each count, because the profile of a concurrent search finds a
   * metric by its name.
   *
   * <p>A profile makes metrics for the query before it searches. A concurrent one also makes
   * metrics for each segment after the search, and shows the sums of these instead.
   */
  public List<Supplier<ProfileMetric>> metrics() {
    return counts().keySet().stream()
        .map(name -> (Supplier<ProfileMetric>) () -> new Count(name))
        .toList();
  }

  private final class Count extends ProfileMetric {
    private final boolean isReported;

    Count(String name) {
      super(name);
      this.isReported = isReportedBy(name);
    }

    @Override
    public Map<String, Long> toBreakdownMap() {
      return Map.of(getName(), isReported ? counts().get(getName()) : 0);
    }
  }

  /** Whether a new metric has the count: the one of the query, and one of those of its segments. */
  private synchronized boolean isReportedBy(String name) {
    return segments == 0 || reported.add(name);
  }

  private synchronized Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    counts.put("lmdb_hnsw_segments", segments);
    counts.put("lmdb_hnsw_quantized_segments", quantized);
    counts.put("lmdb_hnsw_visits", visits);
    counts.put("lmdb_hnsw_expanded_nodes", expandedNodes);
    counts.put("lmdb_hnsw_reranked", reranked);
    for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
      if (strategy != LmdbHnswFilterStrategy.AUTO) {
        counts.put(
            "lmdb_hnsw_" + StrategyNames.nameOf(strategy), strategies.getOrDefault(strategy, 0L));
      }
    }
    return counts;
  }
}

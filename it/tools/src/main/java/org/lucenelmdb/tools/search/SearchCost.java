/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswSearchListener;

/** Sums up the reports of a search in all segments. A query without threads of its own calls it. */
public final class SearchCost implements LmdbHnswSearchListener {

  private long visits;
  private long estimatedVisits;
  private long expandedNodes;
  private long reranked;
  private int limited;
  private final Map<String, Long> visitsBySegment = new HashMap<>();
  private final Map<LmdbHnswFilterStrategy, Integer> strategies =
      new EnumMap<>(LmdbHnswFilterStrategy.class);

  @Override
  public void onSearch(Search search) {
    visits += search.visits();
    estimatedVisits += search.estimatedVisits();
    expandedNodes += search.expandedNodes();
    reranked += search.quantized() ? search.reranked() : 0;
    limited += search.end() == End.LIMIT || search.end() == End.STOPPED ? 1 : 0;
    visitsBySegment.merge(search.segment(), search.visits(), Long::sum);
    search.strategies().forEach(strategy -> strategies.merge(strategy, 1, Integer::sum));
  }

  /** The number of codes or vectors that were scored. */
  public long visits() {
    return visits;
  }

  /** The number of codes or vectors that were expected to be scored. */
  public long estimatedVisits() {
    return estimatedVisits;
  }

  /** The number of nodes whose links were read. */
  public long expandedNodes() {
    return expandedNodes;
  }

  /** The number of vectors that were scored after their codes. */
  public long reranked() {
    return reranked;
  }

  /** The number of searches of a segment that ended at a limit. */
  public int limited() {
    return limited;
  }

  /** The visits of each segment, by its name. */
  public Map<String, Long> visitsBySegment() {
    return visitsBySegment;
  }

  /** How often each filter strategy was used. */
  public Map<LmdbHnswFilterStrategy, Integer> strategies() {
    return strategies;
  }
}

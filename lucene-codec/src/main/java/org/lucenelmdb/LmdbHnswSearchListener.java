/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.List;
import org.lucenelmdb.internal.search.SearchReport;

/**
 * Is told what a query did in each segment: see {@link LmdbHnswSearchStrategy#withListener}. The
 * same is logged to Lucene's default {@code InfoStream} as component {@code LMDB}, if it listens.
 */
@FunctionalInterface
public interface LmdbHnswSearchListener {

  /**
   * Called after a search of one segment, by the thread that searched: of a query that searches
   * segments in parallel, by several at once. A query may search a segment twice, as Lucene looks
   * deeper where a first pass found much. What it throws ends the query.
   *
   * @param search what was done
   */
  void onSearch(Search search);

  /** Why a search ended. */
  enum End {
    /** The target recall is expected to be reached. */
    TARGET,
    /** There was no target, and as many candidates as were asked for were scored. */
    CANDIDATES,
    /** All vectors that are live and pass the filter were scored. */
    COMPLETE,
    /** No more vectors may be visited. */
    LIMIT,
    /** The collector wanted no more: its time is up. */
    STOPPED
  }

  /**
   * What a search of one segment did.
   *
   * @param segment its name
   * @param field the name of the field
   * @param onCodes whether candidates were found by codes, and then scored exactly
   * @param vectors of the field
   * @param accepted how many of them are live and pass the filter; an upper bound if the caller has
   *     not given these as one of Lucene's bit sets
   * @param candidates how many the search began with: k or more
   * @param strategies in the order that they were taken: more than one if the search changed its
   *     mind, or had to look for what a walk did not find. Without a filter, a walk is a
   *     POST_FILTERED
   * @param estimatedVisits how many codes, or vectors, the first strategy was expected to score
   * @param visits how many were scored
   * @param expandedNodes how many nodes' links were read on level 0; 0 if not on codes, where one
   *     of Lucene's searchers did it
   * @param seeded whether a walk began with some accepted nodes, too, as it was far from them
   * @param reranked how many vectors were scored exactly
   * @param end why the search ended
   * @param expectedRecall the recall that is expected of such a search on average, from 0 to 1:
   *     with a target, of the k nearest that are live and pass the filter; not a number if nothing
   *     is expected, as the search had no target, or did not reach it
   */
  record Search(
      String segment,
      String field,
      boolean onCodes,
      int vectors,
      int accepted,
      int candidates,
      List<LmdbHnswFilterStrategy> strategies,
      long estimatedVisits,
      long visits,
      int expandedNodes,
      boolean seeded,
      int reranked,
      End end,
      double expectedRecall) {

    static Search of(String segment, String field, SearchReport report) {
      return new Search(
          segment,
          field,
          report.onCodes(),
          report.vectors(),
          report.accepted(),
          report.candidates(),
          report.strategies().stream().map(LmdbHnswFilterStrategy::of).toList(),
          report.estimatedVisits(),
          report.visits(),
          report.expandedNodes(),
          report.seeded(),
          report.reranked(),
          End.valueOf(report.end().name()),
          report.expectedRecall());
    }

    /**
     * Returns how often the search changed its strategy.
     *
     * @return how often the search changed its strategy
     */
    public int switches() {
      return strategies.size() - 1;
    }
  }
}

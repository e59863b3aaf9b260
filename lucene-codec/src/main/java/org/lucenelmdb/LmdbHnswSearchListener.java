/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.List;
import org.lucenelmdb.internal.search.SearchReport;

/**
 * Receives a report of each search of a segment. Set it with {@link
 * LmdbHnswSearchStrategy#withListener}.
 */
@FunctionalInterface
public interface LmdbHnswSearchListener {

  /**
   * Called after a search of a segment, by the thread that searched it. A query that searches
   * segments in parallel calls it from several threads. A query may search a segment twice, because
   * Lucene repeats the search of segments with many good results. An exception that the method
   * throws ends the query.
   *
   * @param search the report
   */
  void onSearch(Search search);

  /** Why a search ended. */
  enum End {
    /** The target recall is expected to be reached. */
    TARGET,
    /** There was no target recall, and the requested number of candidates was scored. */
    CANDIDATES,
    /** All matching vectors were scored. */
    COMPLETE,
    /** The visit limit was reached. */
    LIMIT,
    /** The collector terminated the search, for example because of a timeout. */
    STOPPED
  }

  /**
   * The report of a search of a segment.
   *
   * @param segment the name of the segment
   * @param field the name of the field
   * @param quantized whether candidates were found by their codes, and then scored exactly
   * @param vectors the number of vectors of the field in the segment
   * @param matching the number of vectors whose documents are live and pass the filter; an upper
   *     bound if the filter is not one of Lucene's bit sets
   * @param ef the initial number of nodes that the search kept, k or more. A quantized search
   *     reranks them. A FILTERED traversal keeps more
   * @param strategies the filter strategies in the order of their use, more than one if the search
   *     changed its strategy, or scanned vectors that a traversal had not found. Empty if all
   *     vectors match, because there is neither a filter nor a deleted document
   * @param estimatedVisits the number of codes or vectors that the search was expected to score
   * @param visits the number of codes or vectors that the search scored
   * @param expandedNodes the number of nodes whose links were read on level 0; 0 after a traversal
   *     by one of Lucene's searchers, which exact searches may use
   * @param seeded whether the traversal was also started from a sample of matching nodes
   * @param reranked the number of vectors that were scored exactly; for an exact search, all
   *     vectors that it scored
   * @param end why the search ended
   * @param expectedRecall the expected share of the k nearest matching vectors that the search
   *     found, from 0 to 1, on average over similar searches; NaN if the search had no target
   *     recall, or did not reach it
   * @param diskRequests the number of requests to read pages of vectors or codes from the disk. A
   *     search with codes makes them if a read has just waited for the disk, for all vectors of a
   *     batch at once, so many of the pages may be in memory. 0 for an exact search
   * @param diskWaits the number of batches of vectors or codes whose reading took so long that it
   *     waited for the disk; of codes, a sample of the batches. 0 for an exact search
   */
  record Search(
      String segment,
      String field,
      boolean quantized,
      int vectors,
      int matching,
      int ef,
      List<LmdbHnswFilterStrategy> strategies,
      long estimatedVisits,
      long visits,
      int expandedNodes,
      boolean seeded,
      int reranked,
      End end,
      double expectedRecall,
      int diskRequests,
      int diskWaits) {

    static Search of(String segment, String field, SearchReport report) {
      return new Search(
          segment,
          field,
          report.quantized(),
          report.vectors(),
          report.matching(),
          report.ef(),
          report.strategies().stream().map(LmdbHnswFilterStrategy::of).toList(),
          report.estimatedVisits(),
          report.visits(),
          report.expandedNodes(),
          report.seeded(),
          report.reranked(),
          End.valueOf(report.end().name()),
          report.expectedRecall(),
          report.diskReads().requests(),
          report.diskReads().waits());
    }

    /**
     * Returns how often the search changed its filter strategy.
     *
     * @return how often the search changed its filter strategy; 0 without a filter
     */
    public int switches() {
      return Math.max(0, strategies.size() - 1);
    }
  }
}

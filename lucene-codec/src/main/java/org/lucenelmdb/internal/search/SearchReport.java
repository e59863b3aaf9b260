/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.List;
import org.apache.lucene.search.KnnCollector;

/**
 * The report of a search.
 *
 * @param quantized whether candidates were found by their codes; if not, vectors were scored
 * @param vectors the number of vectors of the field in the segment
 * @param matching the number of vectors that match, or an upper bound
 * @param ef the initial number of nodes that the search kept: the beam of a traversal, and the
 *     number of candidates that a quantized search reranked first. A filtered traversal keeps more
 * @param strategies the filter strategies in the order of their use, more than one if the search
 *     changed its strategy; empty if all vectors match
 * @param estimatedVisits the number of codes or vectors that the first strategy was expected to
 *     score
 * @param visits the number of codes or vectors that were scored, including those of abandoned
 *     traversals
 * @param expandedNodes the number of nodes whose links were read on level 0; 0 if one of Lucene's
 *     searchers read them
 * @param seeded whether the traversal also began from matching nodes
 * @param reranked the number of vectors that were scored exactly; all scored vectors if the search
 *     was exact
 * @param end why the search ended
 * @param expectedRecall from 0 to 1; NaN if it is unknown
 * @param diskReads what the search read from a disk
 */
public record SearchReport(
    boolean quantized,
    int vectors,
    int matching,
    int ef,
    List<FilterStrategy> strategies,
    long estimatedVisits,
    long visits,
    int expandedNodes,
    boolean seeded,
    int reranked,
    End end,
    double expectedRecall,
    DiskReads diskReads) {

  /** Why a search ended. */
  public enum End {
    /** The recall of the goal is expected. */
    TARGET,
    /** There was no target recall, and the fixed number of candidates was reranked. */
    CANDIDATES,
    /** All matching vectors were scored. */
    COMPLETE,
    /** The visit limit was reached. */
    LIMIT,
    /** The collector terminated the search, for example because of a timeout. */
    STOPPED;

    /** The reason why a collector terminated early. */
    static End ofStopped(KnnCollector collector) {
      return collector.visitedCount() >= collector.visitLimit() ? LIMIT : STOPPED;
    }
  }
}

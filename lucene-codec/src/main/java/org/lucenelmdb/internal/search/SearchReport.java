/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.List;

/**
 * What a search did.
 *
 * @param onCodes whether candidates were found by codes; otherwise vectors were scored
 * @param vectors of the field, in the segment
 * @param accepted how many of them the filter accepts, or an upper bound; all of them without one
 * @param candidates how many the search began with
 * @param strategies in the order that they were taken: more than one if the search changed its mind
 * @param estimatedVisits how many codes the first of them was expected to score
 * @param visits how many codes were scored, also by a walk that was given up
 * @param expandedNodes how many nodes' links were read on level 0; 0 if Lucene's searchers did it
 * @param seeded whether the walk also began with some accepted nodes
 * @param reranked how many vectors were scored exactly
 * @param end why it ended
 * @param expectedRecall from 0 to 1; not a number if nothing is expected
 */
public record SearchReport(
    boolean onCodes,
    int vectors,
    int accepted,
    int candidates,
    List<FilterStrategy> strategies,
    long estimatedVisits,
    long visits,
    int expandedNodes,
    boolean seeded,
    int reranked,
    End end,
    double expectedRecall) {

  /** Why a search ended. */
  public enum End {
    /** The recall that was asked for is expected. */
    TARGET,
    /** As many candidates as were asked for are reranked. */
    CANDIDATES,
    /** All that is accepted was scored. */
    COMPLETE,
    /** No more may be visited. */
    LIMIT,
    /** The collector wanted no more, for want of time or whatever else. */
    STOPPED
  }
}

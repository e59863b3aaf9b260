/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.bench;

/**
 * The result of the command. Times are in milliseconds.
 *
 * @param target the target recall of the queries; 0 if they left it to the field
 * @param filter null without one
 * @param matching the number of live vectors that can be found
 * @param queries the number of different queries
 * @param seconds the measured time, without the warm-up
 * @param searches the number of measured searches
 * @param rate searches per second of all threads
 * @param recall the mean recall at k of the different queries
 * @param recallError its standard error
 * @param expandedNodes per search
 * @param visits per search
 * @param reranked per search
 */
record BenchResult(
    String index,
    String field,
    int k,
    int threads,
    double target,
    String filter,
    int matching,
    int queries,
    String querySource,
    double seconds,
    long searches,
    double rate,
    double p50,
    double p90,
    double p99,
    double max,
    double recall,
    double recallError,
    double expandedNodes,
    double visits,
    double reranked) {}

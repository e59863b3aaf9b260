/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * The setup of a run.
 *
 * @param preset its name
 * @param command the options as given on the command line
 * @param data the file's name, or a description of the generator
 * @param dataHash SHA-256 of base and queries
 * @param dimension of the vectors
 * @param metric {@code cosine}, {@code dot} or {@code euclidean}
 * @param sizes the numbers of indexed vectors, ascending; several if growth was measured
 * @param queries the number of queries
 * @param k the number of neighbors that each query asks for
 * @param maxConn M of all graphs
 * @param beamWidth of all graph builds
 * @param buildThreads the threads that built the graphs that were searched; builds may have been
 *     measured with others as well
 * @param rounds the number of search rounds of each engine; builds may have a different number of
 *     rounds, and all other measures have one
 * @param seed of all random choices
 * @param memoryLimitMegabytes of each measured process, including the page cache of the files that
 *     it reads; null if there was no limit
 * @param heapMegabytes of each measured JVM; null for the default of the JVM
 * @param limitedBuilds whether the builds of indexes had these limits, too; null without limits
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Setup(
    String preset,
    String command,
    String data,
    String dataHash,
    int dimension,
    String metric,
    List<Integer> sizes,
    int queries,
    int k,
    int maxConn,
    int beamWidth,
    int buildThreads,
    int rounds,
    long seed,
    Integer memoryLimitMegabytes,
    Integer heapMegabytes,
    Boolean limitedBuilds) {}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What was asked for.
 *
 * @param preset its name
 * @param command the options as the user gave them
 * @param data the file's name, or how the vectors were made
 * @param dataHash SHA-256 of base and queries, as measured
 * @param dimension of the vectors
 * @param metric {@code cosine}, {@code dot} or {@code euclidean}
 * @param sizes how many vectors were indexed: several when growth was measured; ascending
 * @param queries how many were asked
 * @param k how many neighbors each query asks for
 * @param maxConn M of all graphs
 * @param beamWidth of all graphs, while they are built
 * @param buildThreads that built the graphs that were searched; builds may have been measured with
 *     others as well
 * @param rounds how often everybody searched; builds may have several rounds of their own, and all
 *     else was measured once
 * @param seed of all that is random
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
    long seed) {}

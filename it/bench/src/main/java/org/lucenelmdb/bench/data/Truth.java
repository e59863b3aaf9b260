/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.List;

/**
 * The exact nearest neighbors.
 *
 * @param nearest for each query the ordinals of its neighbors, best first
 * @param filtered for each filter and each of its queries, the ordinals of the accepted neighbors
 * @param tied the number of queries whose last neighbor is as near as the best vector that is not a
 *     neighbor
 * @param flat the number of queries to which all vectors of the base are equally near
 */
record Truth(int[][] nearest, List<int[][]> filtered, int tied, int flat) {}

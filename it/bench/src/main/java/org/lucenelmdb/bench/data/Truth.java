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
 * @param filtered for each filter, and each of its queries, those of the accepted neighbors
 * @param tied for how many queries the last neighbor is as near as the best one left out
 * @param flat for how many queries all vectors of the base are equally near
 */
record Truth(int[][] nearest, List<int[][]> filtered, int tied, int flat) {}

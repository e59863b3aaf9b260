/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.FilterInfo;

/**
 * A filter, its queries, and their exact answers.
 *
 * @param info the name, and the sizes of the other components
 * @param accepted the ordinals of the base that pass
 * @param queries indices into {@link Dataset#queries}, ascending
 * @param truth row i has the nearest accepted ordinals of query {@code queries[i]}, best first: k
 *     of them, or all if fewer pass
 */
public record Filter(FilterInfo info, FixedBitSet accepted, int[] queries, int[][] truth) {}

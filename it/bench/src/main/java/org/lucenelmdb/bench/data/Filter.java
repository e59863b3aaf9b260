/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.FilterInfo;

/**
 * A filter, the queries it is tried with, and what they should find.
 *
 * @param info its name, and the sizes of the rest
 * @param accepted the ordinals of the base that pass
 * @param queries indices into {@link Dataset#queries}, ascending
 * @param truth row i: the nearest accepted ordinals of query {@code queries[i]}, best first, as
 *     many as k or, if fewer pass, as pass
 */
public record Filter(FilterInfo info, FixedBitSet accepted, int[] queries, int[][] truth) {}

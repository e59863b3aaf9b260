/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * What a run found, as it is written to the JSON file, and what can be computed from it: the rate
 * at a recall, medians and ratios over rounds, the exponent of growth, the comparison of two runs.
 *
 * <p>Knows nothing of how figures are measured or drawn. Programs outside the JVM print {@link
 * org.lucenelmdb.bench.result.Sample}s as lines of JSON.
 */
package org.lucenelmdb.bench.result;

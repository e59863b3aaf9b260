/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The results of a run, as written to the JSON file, and what is computed from them: the rate at a
 * recall, medians and ratios over rounds, the exponent of growth, the comparison of two runs.
 *
 * <p>Independent of measurements and reports. External programs print {@link
 * org.lucenelmdb.bench.result.Sample}s as lines of JSON.
 */
package org.lucenelmdb.bench.result;

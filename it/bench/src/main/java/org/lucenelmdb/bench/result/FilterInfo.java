/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

/**
 * A filter with its queries.
 *
 * @param name short and unique, such as {@code random 10%} or {@code lexfile=03 near}
 * @param attribute {@code random}, or the name of the attribute
 * @param value of the attribute, or the percentage
 * @param relation of the queries to the vectors that pass: {@code random}, {@code near}, {@code
 *     far}
 * @param selectivity the share of the vectors that pass
 * @param accepted the number of vectors that pass
 * @param queries the number of queries
 */
public record FilterInfo(
    String name,
    String attribute,
    String value,
    String relation,
    double selectivity,
    int accepted,
    int queries) {}

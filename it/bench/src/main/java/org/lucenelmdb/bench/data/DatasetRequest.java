/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * Describes a data set to {@linkplain Dataset#prepare prepare}.
 *
 * <p>Without a source of queries, every (count / queries)-th vector of the source is a query and
 * not in the base. The others are shuffled with the seed, and the first {@code base} of them are
 * the base.
 *
 * @param vectors the source of vectors; the caller closes it
 * @param querySource vectors that are used as queries only, evenly spaced; or null to take queries
 *     out of {@code vectors}
 * @param base the maximum number of vectors to search in, at least 1
 * @param queries the number of queries, at least 1; fewer if {@code querySource} has fewer
 * @param metric the metric by which vectors are near
 * @param k the number of neighbors that each query asks for, at least 1
 * @param seed of all random choices
 * @param attributes attributes of the source's vectors to filter by, or null
 * @param randomSelectivities for each of these, from 0 to 1, a filter that accepts this share of
 *     the base, chosen at random
 * @param filterValues the maximum number of attribute values to filter by, over all columns, chosen
 *     for spread selectivities; 0 for none
 * @param filterQueries the maximum number of queries per filter; 0 for no filters
 * @param givenTruth an {@code .ivecs} file to compare with the computed neighbors, or null: row i
 *     has the nearest neighbors of query i, or of vector i of {@code querySource}, best first, as
 *     indices into {@code vectors}
 */
public record DatasetRequest(
    VectorSource vectors,
    VectorSource querySource,
    int base,
    int queries,
    Metric metric,
    int k,
    long seed,
    Attributes attributes,
    List<Double> randomSelectivities,
    int filterValues,
    int filterQueries,
    Path givenTruth) {

  /**
   * Checks the ranges of the numbers.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public DatasetRequest {
    Objects.requireNonNull(vectors, "vectors");
    Objects.requireNonNull(metric, "metric");
    randomSelectivities = List.copyOf(randomSelectivities);
    checkAtLeast("base", 1, base);
    checkAtLeast("queries", 1, queries);
    checkAtLeast("k", 1, k);
    checkAtLeast("filterValues", 0, filterValues);
    checkAtLeast("filterQueries", 0, filterQueries);
    for (double selectivity : randomSelectivities) {
      if (selectivity >= 0 && selectivity <= 1) {
        continue;
      }
      throw new IllegalArgumentException(
          "expected a selectivity from 0 to 1, found " + selectivity);
    }
  }

  private static void checkAtLeast(String name, int least, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": expected at least " + least + ", found " + value);
    }
  }
}

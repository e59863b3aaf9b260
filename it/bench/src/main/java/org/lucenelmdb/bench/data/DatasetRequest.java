/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What {@link Dataset#prepare} makes of vectors.
 *
 * <p>Without a source of queries, every (count / queries)-th vector of the source is a query and
 * not in the base; the others are shuffled with the seed, and the first {@code base} of them are
 * the base.
 *
 * @param vectors where the vectors are from; not closed by whoever gets the request
 * @param querySource vectors that are only queries, evenly spaced ones of them; or null, and
 *     queries are taken out of {@code vectors}
 * @param base how many vectors to search in, at most; at least 1
 * @param queries how many vectors to search for, at least 1; fewer if {@code querySource} has fewer
 * @param metric what "near" means
 * @param k how many neighbors each query asks for, at least 1
 * @param seed of all that is random
 * @param attributes what the source's vectors have, to filter by; or null
 * @param randomSelectivities for each of these, from 0 to 1, a filter that passes so large a part
 *     of the base, chosen at random
 * @param filterValues how many attribute values to filter by, at most, over all columns; they are
 *     chosen such that their selectivities are spread; 0 for none
 * @param filterQueries how many queries to try each filter with, at most; with 0 there are no
 *     filters
 * @param givenTruth an {@code .ivecs} file to check against what is computed: row i has the nearest
 *     neighbors of query i, or of vector i of {@code querySource}, best first, as indices into
 *     {@code vectors}; or null
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
   * Checks the numbers.
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
      throw new IllegalArgumentException("expected a part from 0 to 1, found " + selectivity);
    }
  }

  private static void checkAtLeast(String name, int least, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          name + ": expected at least " + least + ", found " + value);
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import org.lucenelmdb.bench.data.Filter;

/** Searches an index, in one thread. */
public interface Searcher extends Closeable {

  /**
   * Returns the nearest vectors found.
   *
   * @param k the maximum number of vectors
   * @param ef the number of candidates that the search keeps, at least k
   * @param filter restricts the vectors, or null for all
   * @param strategy one of the engine's, or that of a target if the engine takes targets
   * @return ordinals in the base of the data set, best first
   */
  int[] search(float[] query, int k, int ef, Filter filter, String strategy) throws IOException;

  /**
   * Searches as above, and reports what the search did.
   *
   * @return figures, named as in {@code Figures}, which are averaged over queries; empty if the
   *     search does not report any, and NaN if a value is unknown
   */
  default Map<String, Double> explain(float[] query, int k, int ef, Filter filter, String strategy)
      throws IOException {
    return Map.of();
  }

  @Override
  default void close() throws IOException {}
}

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
   * The nearest vectors that were found.
   *
   * @param k how many, at most
   * @param ef how many candidates the search keeps, at least k
   * @param filter which vectors may be found, or null for all
   * @param strategy one of the engine's, or that of a target if it takes these
   * @return ordinals in the data set's base, best first
   */
  int[] search(float[] query, int k, int ef, Filter filter, String strategy) throws IOException;

  /**
   * Searches likewise, and says what was done.
   *
   * @return figures, named as in {@code Figures}, which are averaged over queries; none where the
   *     search does not say, and not a number where it does not know
   */
  default Map<String, Double> explain(float[] query, int k, int ef, Filter filter, String strategy)
      throws IOException {
    return Map.of();
  }

  @Override
  default void close() throws IOException {}
}

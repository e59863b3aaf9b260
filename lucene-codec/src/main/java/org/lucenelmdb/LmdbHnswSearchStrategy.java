/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.lucenelmdb.codes.Codes;

/**
 * Sets for one query how many candidates are found by codes for each vector that is asked for; a
 * query without it takes what its field was {@linkplain LmdbHnswOptions#withOversampling indexed
 * with}.
 *
 * <pre class="prettyprint">
 * Query query = new KnnFloatVectorQuery("vector", target, 10, null, new LmdbHnswSearchStrategy(4));
 * </pre>
 *
 * <p>Other vectors formats, and segments without codes, go by the filtered search threshold only,
 * as with {@link KnnSearchStrategy.Hnsw}.
 */
public final class LmdbHnswSearchStrategy extends KnnSearchStrategy.Hnsw {

  private final float oversampling;

  /**
   * Creates a strategy with Lucene's default threshold.
   *
   * @param oversampling from 1 to 1000
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy(float oversampling) {
    this(oversampling, DEFAULT_FILTERED_SEARCH_THRESHOLD);
  }

  /**
   * Creates a strategy.
   *
   * @param oversampling from 1 to 1000
   * @param filteredSearchThreshold Lucene's: with fewer percent of the vectors accepted by a
   *     filter, its walk for filters is taken, on exact scores; from 0 to 100
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy(float oversampling, int filteredSearchThreshold) {
    super(filteredSearchThreshold);
    this.oversampling = LmdbHnswOptions.checkOversampling(oversampling);
  }

  /**
   * Returns the number of candidates for each vector that is asked for.
   *
   * @return the number of candidates for each vector that is asked for
   */
  public float oversampling() {
    return oversampling;
  }

  /** What a search with some strategy is to take. */
  static float oversampling(KnnSearchStrategy strategy, Codes codes) {
    KnnSearchStrategy original =
        strategy instanceof KnnSearchStrategy.Seeded seeded ? seeded.originalStrategy() : strategy;
    return original instanceof LmdbHnswSearchStrategy ours
        ? ours.oversampling
        : codes.oversampling();
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && oversampling == ((LmdbHnswSearchStrategy) other).oversampling;
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + Float.hashCode(oversampling);
  }

  @Override
  public String toString() {
    return "LmdbHnswSearchStrategy(oversampling="
        + oversampling
        + ", filteredSearchThreshold="
        + filteredSearchThreshold()
        + ")";
  }
}

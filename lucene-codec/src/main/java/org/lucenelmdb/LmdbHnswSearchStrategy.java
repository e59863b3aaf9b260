/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Objects;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.lucenelmdb.codes.Codes;
import org.lucenelmdb.search.FilterStrategy;

/**
 * Says for one query how it is to be searched, and tells what was done.
 *
 * <pre class="prettyprint">
 * KnnSearchStrategy strategy =
 *     new LmdbHnswSearchStrategy(4)
 *         .withFilterStrategy(LmdbHnswFilterStrategy.SCAN)
 *         .withListener(this::log);
 * Query query = new KnnFloatVectorQuery("vector", target, 10, filter, strategy);
 * </pre>
 *
 * <p>Other vectors formats go by the filtered search threshold only, as with {@link
 * KnnSearchStrategy.Hnsw}; so do fields without codes of this one, unless there is a strategy for
 * filters. Immutable.
 */
public final class LmdbHnswSearchStrategy extends KnnSearchStrategy.Hnsw {

  /** So many candidates are found at least: with fewer, a traversal misses many. */
  private static final int MIN_CANDIDATES = 16;

  private static final float AS_INDEXED = 0;

  private static final LmdbHnswSearchStrategy NONE = new LmdbHnswSearchStrategy();

  private final float oversampling;
  private final LmdbHnswFilterStrategy filterStrategy;
  private final LmdbHnswSearchListener listener;

  /** Creates a strategy that changes nothing yet, with Lucene's default threshold. */
  public LmdbHnswSearchStrategy() {
    this(DEFAULT_FILTERED_SEARCH_THRESHOLD, AS_INDEXED, LmdbHnswFilterStrategy.AUTO, null);
  }

  /**
   * Creates a strategy with Lucene's default threshold.
   *
   * @param oversampling how many candidates are found by codes and reranked for each vector that is
   *     asked for, from 1 to 1000. A query without it takes what its field was {@linkplain
   *     LmdbHnswOptions#withOversampling indexed with}: by default as many as the errors of codes
   *     require
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy(float oversampling) {
    this(oversampling, DEFAULT_FILTERED_SEARCH_THRESHOLD);
  }

  /**
   * Creates a strategy.
   *
   * @param oversampling as above
   * @param filteredSearchThreshold Lucene's, for fields without codes, and for other formats: with
   *     fewer percent of the vectors accepted by a filter, Lucene's walk for filters is taken; from
   *     0 to 100
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy(float oversampling, int filteredSearchThreshold) {
    this(
        filteredSearchThreshold,
        LmdbHnswOptions.checkOversampling(oversampling),
        LmdbHnswFilterStrategy.AUTO,
        null);
  }

  private LmdbHnswSearchStrategy(
      int filteredSearchThreshold,
      float oversampling,
      LmdbHnswFilterStrategy filterStrategy,
      LmdbHnswSearchListener listener) {
    super(filteredSearchThreshold);
    this.oversampling = oversampling;
    this.filterStrategy = filterStrategy;
    this.listener = listener;
  }

  /**
   * Sets how candidates are found when there is a filter; AUTO takes what the field was {@linkplain
   * LmdbHnswOptions#withFilterStrategy indexed with}.
   *
   * @param value not null
   * @return a changed copy
   */
  public LmdbHnswSearchStrategy withFilterStrategy(LmdbHnswFilterStrategy value) {
    return new LmdbHnswSearchStrategy(
        filteredSearchThreshold(), oversampling, Objects.requireNonNull(value), listener);
  }

  /**
   * Sets who is told what was done.
   *
   * @param value null for nobody
   * @return a changed copy
   */
  public LmdbHnswSearchStrategy withListener(LmdbHnswSearchListener value) {
    return new LmdbHnswSearchStrategy(
        filteredSearchThreshold(), oversampling, filterStrategy, value);
  }

  /**
   * Returns the number of candidates for each vector that is asked for.
   *
   * @return the number of candidates for each vector that is asked for; 0 if it is what the field
   *     was indexed with
   */
  public float oversampling() {
    return oversampling;
  }

  /**
   * Returns how candidates are found when there is a filter.
   *
   * @return how candidates are found when there is a filter
   */
  public LmdbHnswFilterStrategy filterStrategy() {
    return filterStrategy;
  }

  /** The strategy of a search; one that changes nothing if it is of another kind. */
  static LmdbHnswSearchStrategy of(KnnSearchStrategy strategy) {
    KnnSearchStrategy original =
        strategy instanceof KnnSearchStrategy.Seeded seeded ? seeded.originalStrategy() : strategy;
    return original instanceof LmdbHnswSearchStrategy ours ? ours : NONE;
  }

  /** How many candidates to find for k vectors, or to begin with. */
  double candidates(int k, Codes codes) {
    if (isSet()) {
      return Math.ceil((double) k * oversampling);
    }
    return isAdaptive(codes)
        ? Math.max(MIN_CANDIDATES, Math.ceil(k * codes.firstFactor()))
        : Math.ceil((double) k * codes.oversampling());
  }

  /** Whether more are reranked as the errors of codes require. */
  boolean isAdaptive(Codes codes) {
    return isSet() == false && codes.oversampling() == Codes.ADAPTIVE;
  }

  private boolean isSet() {
    return oversampling != AS_INDEXED;
  }

  /** How to search with a filter; null to choose. */
  FilterStrategy filterStrategy(LmdbHnswFilterStrategy ofField) {
    return filterStrategy == LmdbHnswFilterStrategy.AUTO
        ? ofField.strategy()
        : filterStrategy.strategy();
  }

  /** Who is told what was done; null if nobody is. */
  LmdbHnswSearchListener listener() {
    return listener;
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && oversampling == ((LmdbHnswSearchStrategy) other).oversampling
        && filterStrategy == ((LmdbHnswSearchStrategy) other).filterStrategy
        && listener == ((LmdbHnswSearchStrategy) other).listener;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), oversampling, filterStrategy, listener);
  }

  @Override
  public String toString() {
    return "LmdbHnswSearchStrategy(oversampling="
        + (isSet() ? oversampling : "as indexed")
        + ", filterStrategy="
        + filterStrategy
        + ", filteredSearchThreshold="
        + filteredSearchThreshold()
        + ")";
  }
}

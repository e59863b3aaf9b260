/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.util.Objects;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.lucenelmdb.internal.search.FilterStrategy;
import org.lucenelmdb.internal.search.SearchGoal;

/**
 * Says for one query how it is to be searched, and tells what was done.
 *
 * <pre class="prettyprint">
 * KnnSearchStrategy strategy =
 *     new LmdbHnswSearchStrategy()
 *         .withTargetRecall(0.98f)
 *         .withFilterStrategy(LmdbHnswFilterStrategy.EXHAUSTIVE)
 *         .withListener(this::log);
 * Query query = new KnnFloatVectorQuery("vector", target, 10, filter, strategy);
 * </pre>
 *
 * <p>Other vectors formats go by the filtered search threshold only, as with {@link
 * KnnSearchStrategy.Hnsw}; so do fields without codes of this one, unless there is a strategy for
 * filters. Immutable.
 */
public final class LmdbHnswSearchStrategy extends KnnSearchStrategy.Hnsw {

  private static final float AS_INDEXED = 0;

  private static final LmdbHnswSearchStrategy NONE = new LmdbHnswSearchStrategy();

  private final float oversampling;
  private final float targetRecall;
  private final LmdbHnswFilterStrategy filterStrategy;
  private final LmdbHnswSearchListener listener;

  /** Creates a strategy that changes nothing yet, with Lucene's default threshold. */
  public LmdbHnswSearchStrategy() {
    this(
        DEFAULT_FILTERED_SEARCH_THRESHOLD,
        AS_INDEXED,
        AS_INDEXED,
        LmdbHnswFilterStrategy.AUTO,
        null);
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
        AS_INDEXED,
        LmdbHnswFilterStrategy.AUTO,
        null);
  }

  private LmdbHnswSearchStrategy(
      int filteredSearchThreshold,
      float oversampling,
      float targetRecall,
      LmdbHnswFilterStrategy filterStrategy,
      LmdbHnswSearchListener listener) {
    super(filteredSearchThreshold);
    this.oversampling = oversampling;
    this.targetRecall = targetRecall;
    this.filterStrategy = filterStrategy;
    this.listener = listener;
  }

  /**
   * Sets the recall that is wanted, on average over queries: the part of the k nearest vectors, of
   * those that pass the filter, that are found in each segment. Searches spend what that is
   * expected to take on the segment and the query, and no more; where it is cheapest to score all
   * vectors, the recall is 1. It replaces an oversampling.
   *
   * <p>Effort and recall were {@linkplain LmdbHnswOptions#withTargetRecall related} when the
   * segment was written. A query that is unlike the vectors of the segment may recall less.
   *
   * @param value from 0.5 to 0.999
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy withTargetRecall(float value) {
    return new LmdbHnswSearchStrategy(
        filteredSearchThreshold(),
        AS_INDEXED,
        LmdbHnswOptions.checkTargetRecall(value),
        filterStrategy,
        listener);
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
        filteredSearchThreshold(),
        oversampling,
        targetRecall,
        Objects.requireNonNull(value),
        listener);
  }

  /**
   * Sets who is told what was done.
   *
   * @param value null for nobody
   * @return a changed copy
   */
  public LmdbHnswSearchStrategy withListener(LmdbHnswSearchListener value) {
    return new LmdbHnswSearchStrategy(
        filteredSearchThreshold(), oversampling, targetRecall, filterStrategy, value);
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
   * Returns the recall that is wanted.
   *
   * @return the recall that is wanted; 0 if it is what the field was indexed with
   */
  public float targetRecall() {
    return targetRecall;
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

  /** What a search of a field is to achieve. */
  SearchGoal goal(FieldMeta field) {
    if (oversampling != AS_INDEXED) {
      return SearchGoal.oversampling(oversampling);
    }
    if (targetRecall != AS_INDEXED) {
      return SearchGoal.recall(targetRecall, field.recallCurve());
    }
    if (field.codes() != null && field.codes().oversampling().factor().isPresent()) {
      return SearchGoal.oversampling(field.codes().oversampling().factor().getAsDouble());
    }
    return field.targetRecall() == FieldMeta.DEFAULT_TARGET
        ? SearchGoal.byDefault(field.recallCurve())
        : SearchGoal.recall(field.targetRecall(), field.recallCurve());
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
        && targetRecall == ((LmdbHnswSearchStrategy) other).targetRecall
        && filterStrategy == ((LmdbHnswSearchStrategy) other).filterStrategy
        && listener == ((LmdbHnswSearchStrategy) other).listener;
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), oversampling, targetRecall, filterStrategy, listener);
  }

  @Override
  public String toString() {
    return "LmdbHnswSearchStrategy(oversampling="
        + (oversampling == AS_INDEXED ? "as indexed" : oversampling)
        + ", targetRecall="
        + (targetRecall == AS_INDEXED ? "as indexed" : targetRecall)
        + ", filterStrategy="
        + filterStrategy
        + ", filteredSearchThreshold="
        + filteredSearchThreshold()
        + ")";
  }
}

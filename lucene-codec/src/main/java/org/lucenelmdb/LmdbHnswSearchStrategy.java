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
 * Sets how a single query searches fields of {@link LmdbHnswVectorsFormat}. Immutable; the {@code
 * with} methods return changed copies.
 *
 * <pre class="prettyprint">
 * KnnSearchStrategy strategy =
 *     LmdbHnswSearchStrategy.DEFAULT
 *         .withTargetRecall(0.98f)
 *         .withFilterStrategy(LmdbHnswFilterStrategy.EXHAUSTIVE)
 *         .withListener(this::log);
 * Query query = new KnnFloatVectorQuery("vector", target, 10, filter, strategy);
 * </pre>
 *
 * <p>A setting that is {@link LmdbHnswOptions#AUTO} is taken from the {@link LmdbHnswOptions} with
 * which the field was indexed.
 *
 * <p>Other vectors formats only use the filtered search threshold, as with any {@link
 * KnnSearchStrategy.Hnsw}.
 */
public final class LmdbHnswSearchStrategy extends KnnSearchStrategy.Hnsw {

  /**
   * The default strategy: all settings of the field, no listener, and Lucene's default filtered
   * search threshold.
   */
  public static final LmdbHnswSearchStrategy DEFAULT =
      new LmdbHnswSearchStrategy(
          DEFAULT_FILTERED_SEARCH_THRESHOLD,
          LmdbHnswOptions.AUTO,
          LmdbHnswOptions.AUTO,
          LmdbHnswFilterStrategy.AUTO,
          null);

  private final float oversampling;
  private final float targetRecall;
  private final LmdbHnswFilterStrategy filterStrategy;
  private final LmdbHnswSearchListener listener;

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
   * Sets the recall to reach: the share of the k nearest matching vectors that a search finds in
   * each segment, on average over queries. A search spends only the effort that this recall is
   * expected to require in the segment. If scoring all vectors is cheapest, the recall is 1.
   *
   * <p>The relation of effort to recall was {@linkplain LmdbHnswOptions#withTargetRecall measured}
   * when the segment was written. A query that is unlike the vectors of the segment may have a
   * lower recall.
   *
   * <p>Clears the {@linkplain #withOversampling oversampling}, because a search has a single goal.
   *
   * @param value from {@link LmdbHnswOptions#MIN_TARGET_RECALL} to {@link
   *     LmdbHnswOptions#MAX_TARGET_RECALL}; {@link LmdbHnswOptions#AUTO} for the field's goal
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy withTargetRecall(float value) {
    return new LmdbHnswSearchStrategy(
        filteredSearchThreshold(),
        LmdbHnswOptions.AUTO,
        LmdbHnswOptions.checkTargetRecall(value),
        filterStrategy,
        listener);
  }

  /**
   * Expert: sets the number of candidates that are reranked for each requested result. It applies
   * to segments with codes; a search of a segment without codes has the goal of the field.
   *
   * <p>Clears the {@linkplain #withTargetRecall target recall}, because a search has a single goal.
   *
   * @param value from 1 to 1000; {@link LmdbHnswOptions#AUTO} for the field's goal
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy withOversampling(float value) {
    return new LmdbHnswSearchStrategy(
        filteredSearchThreshold(),
        LmdbHnswOptions.checkOversampling(value),
        LmdbHnswOptions.AUTO,
        filterStrategy,
        listener);
  }

  /**
   * Sets the strategy by which a search with a filter finds its candidates.
   *
   * @param value not null; {@link LmdbHnswFilterStrategy#AUTO} for the field's strategy
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
   * Expert: sets the percentage of matching vectors below which Lucene's filtered graph search is
   * used. It applies to other formats, and to fields without codes that have no filter strategy.
   *
   * @param value from 0 to 100
   * @return a changed copy
   * @throws IllegalArgumentException if out of range
   */
  public LmdbHnswSearchStrategy withFilteredSearchThreshold(int value) {
    return new LmdbHnswSearchStrategy(value, oversampling, targetRecall, filterStrategy, listener);
  }

  /**
   * Sets the listener that receives a report of the search of each segment.
   *
   * @param value null for none
   * @return a changed copy
   */
  public LmdbHnswSearchStrategy withListener(LmdbHnswSearchListener value) {
    return new LmdbHnswSearchStrategy(
        filteredSearchThreshold(), oversampling, targetRecall, filterStrategy, value);
  }

  /**
   * {@return the number of candidates for each requested result, or {@link LmdbHnswOptions#AUTO}}
   */
  public float oversampling() {
    return oversampling;
  }

  /** {@return the recall to reach, or {@link LmdbHnswOptions#AUTO}} */
  public float targetRecall() {
    return targetRecall;
  }

  /** {@return the strategy by which a search with a filter finds its candidates} */
  public LmdbHnswFilterStrategy filterStrategy() {
    return filterStrategy;
  }

  /** The listener; null if there is none. */
  LmdbHnswSearchListener listener() {
    return listener;
  }

  /** Returns the strategy of a search; {@link #DEFAULT} if the given one is of another class. */
  static LmdbHnswSearchStrategy of(KnnSearchStrategy strategy) {
    KnnSearchStrategy original =
        strategy instanceof KnnSearchStrategy.Seeded seeded ? seeded.originalStrategy() : strategy;
    return original instanceof LmdbHnswSearchStrategy ours ? ours : DEFAULT;
  }

  /** Returns the goal of a search: that of the query, or else of the field, or else the default. */
  SearchGoal goal(FieldMeta field) {
    if (oversampling != LmdbHnswOptions.AUTO && field.codes() != null) {
      return SearchGoal.oversampling(oversampling);
    }
    if (targetRecall != LmdbHnswOptions.AUTO) {
      return SearchGoal.recall(targetRecall, field.recallCurve());
    }
    if (field.codes() != null && field.codes().oversampling().factor().isPresent()) {
      return SearchGoal.oversampling(field.codes().oversampling().factor().getAsDouble());
    }
    return field.targetRecall() == FieldMeta.DEFAULT_TARGET
        ? SearchGoal.byDefault(field.recallCurve())
        : SearchGoal.recall(field.targetRecall(), field.recallCurve());
  }

  /**
   * Returns the filter strategy of a search: that of the query, or else of the field; null for
   * AUTO.
   */
  FilterStrategy filterStrategy(LmdbHnswFilterStrategy ofField) {
    return filterStrategy == LmdbHnswFilterStrategy.AUTO
        ? ofField.strategy()
        : filterStrategy.strategy();
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other)
        && oversampling == ((LmdbHnswSearchStrategy) other).oversampling
        && targetRecall == ((LmdbHnswSearchStrategy) other).targetRecall
        && filterStrategy == ((LmdbHnswSearchStrategy) other).filterStrategy
        && Objects.equals(listener, ((LmdbHnswSearchStrategy) other).listener);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), oversampling, targetRecall, filterStrategy, listener);
  }

  @Override
  public String toString() {
    return "LmdbHnswSearchStrategy(oversampling="
        + LmdbHnswOptions.toString(oversampling)
        + ", targetRecall="
        + LmdbHnswOptions.toString(targetRecall)
        + ", filterStrategy="
        + filterStrategy
        + ", filteredSearchThreshold="
        + filteredSearchThreshold()
        + ")";
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.HnswQueueSaturationCollector;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * The kinds of collectors, by the vectors that they have to see. Collectors of Lucene that are not
 * public are recognized by their class names.
 *
 * <p>A decorator hides the collector that it decorates: {@code TimeLimitingKnnCollectorManager}
 * wraps the collectors of all queries with a timeout. Public methods reveal two kinds of decorated
 * collectors: one with patience has a particular search strategy, and one with a similarity
 * threshold has a particular initial minimum. For the others, an {@link ObservedCollector} finds
 * out during the search.
 */
enum CollectorKind {

  /** Keeps the best k vectors, whatever other vectors it has seen. */
  TOP_K,

  /**
   * Keeps the best child of each of the best k parents, in a block join. It has to see every vector
   * that exceeds its minimum competitive similarity.
   */
  DIVERSIFYING,

  /** Keeps all vectors with at least a given score. */
  SIMILARITY,

  /**
   * A decorator of a collector that keeps the best k vectors, or that has to see every vector with
   * more than its minimum competitive similarity.
   */
  DECORATED,

  /**
   * A decorator, as {@link #DECORATED}, that ends a traversal when it has not found new results for
   * a while. A quantized search ends by its own goal, and ignores the {@linkplain UnlimitedPatience
   * patience}. Elasticsearch wraps the collectors of most queries in one of this kind.
   */
  PATIENT,

  /**
   * Depends on every vector that a traversal visits. Quantized searches cannot serve it. Collectors
   * of unknown classes are of this kind, too.
   */
  EVERY_SCORE;

  private static final String DIVERSIFYING_NAME =
      "org.apache.lucene.search.join.DiversifyingNearestChildrenKnnCollector";

  private static final String SIMILARITY_NAME =
      "org.apache.lucene.search.VectorSimilarityCollector";

  /** New in Lucene 10.6. */
  private static final String EXPLICIT_SIMILARITY_NAME =
      "org.apache.lucene.search.ExplicitVectorSimilarityCollector";

  /** The minimum competitive similarity of a VectorSimilarityCollector that has seen no vector. */
  private static final float INITIAL_SIMILARITY = Math.nextUp(Float.NEGATIVE_INFINITY);

  /** The kind of a collector that has not collected anything yet. */
  static CollectorKind of(KnnCollector collector) {
    if (collector.getClass() == TopKnnCollector.class) {
      return TOP_K;
    }
    if (collector instanceof HnswQueueSaturationCollector
        || original(collector.getSearchStrategy()) instanceof KnnSearchStrategy.Patience) {
      return PATIENT;
    }
    if (collector instanceof KnnCollector.Decorator) {
      // it keeps its results in a list, and its k is always 1
      return collector.k() == 1 && collector.minCompetitiveSimilarity() == INITIAL_SIMILARITY
          ? SIMILARITY
          : DECORATED;
    }
    return switch (collector.getClass().getName()) {
      case DIVERSIFYING_NAME -> DIVERSIFYING;
      case SIMILARITY_NAME, EXPLICIT_SIMILARITY_NAME -> SIMILARITY;
      default -> EVERY_SCORE;
    };
  }

  /**
   * Whether a vector whose score equals the collector's minimum competitive similarity may be a
   * result.
   */
  static boolean isExplicit(KnnCollector collector) {
    return collector.getClass().getName().equals(EXPLICIT_SIMILARITY_NAME);
  }

  /** The strategy without the seeds that were added to it; may be null. */
  static KnnSearchStrategy original(KnnSearchStrategy strategy) {
    return strategy instanceof KnnSearchStrategy.Seeded seeded
        ? seeded.originalStrategy()
        : strategy;
  }

  /**
   * Whether the best k vectors are expected to serve the collector. For a decorated one, this is
   * only known during the search. An exact traversal for a patient one has to report the nodes that
   * it expands.
   */
  boolean isTopK() {
    return this == TOP_K || this == DECORATED;
  }

  /**
   * Whether a quantized search serves the collector.
   *
   * @param isAdaptive whether the search reranks as many candidates as the collector needs. A fixed
   *     number would cut off the results of most kinds of collectors
   */
  boolean isServedByCodes(boolean isAdaptive) {
    return isTopK() || this == PATIENT || isAdaptive && this != EVERY_SCORE;
  }
}

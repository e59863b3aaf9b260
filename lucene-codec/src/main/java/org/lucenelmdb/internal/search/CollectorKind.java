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
 * Which vectors a collector has to see. Lucene's collectors that are not public are recognized by
 * the names of their classes.
 *
 * <p>A decorator hides the collector that it decorates: {@code TimeLimitingKnnCollectorManager}
 * wraps the collectors of all queries with a timeout. What a decorated collector needs shows in its
 * public methods: it has the search strategy of a collector with patience, or the initial bound of
 * a similarity threshold. Of all others, an {@link ObservedCollector} finds out during the search.
 */
enum CollectorKind {

  /** Keeps the best k vectors, whichever others it has seen. */
  TOP_K,

  /**
   * Keeps the best child of each of the best k parents, in a block join. It has to see every vector
   * with more than its minimum competitive similarity.
   */
  DIVERSIFYING,

  /** Keeps all vectors from a score on. */
  SIMILARITY,

  /** A decorator of one that keeps the best k, or of one that judges by its minimum similarity. */
  DECORATED,

  /**
   * Decides by every vector that a traversal visits, as one that stops after nothing new was found
   * for a while. It is unsuitable for quantized searches. So is a collector of an unknown class.
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
      return EVERY_SCORE;
    }
    if (collector instanceof KnnCollector.Decorator) {
      // keeps its results in a list, and has a k of 1 whatever their number
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

  /** Whether a collector's minimum competitive similarity may be that of a result. */
  static boolean isExplicit(KnnCollector collector) {
    return collector.getClass().getName().equals(EXPLICIT_SIMILARITY_NAME);
  }

  /** The strategy without the seeds that were added to it; may be null. */
  static KnnSearchStrategy original(KnnSearchStrategy strategy) {
    return strategy instanceof KnnSearchStrategy.Seeded seeded
        ? seeded.originalStrategy()
        : strategy;
  }

  /** Whether the best k vectors serve the collector, as far as is known before the search. */
  boolean isTopK() {
    return this == TOP_K || this == DECORATED;
  }

  /**
   * Whether a quantized search serves the collector.
   *
   * @param isAdaptive whether the search reranks as many candidates as the collector needs. A fixed
   *     number would cut off the results of most kinds
   */
  boolean isServedByCodes(boolean isAdaptive) {
    return isTopK() || isAdaptive && this != EVERY_SCORE;
  }
}

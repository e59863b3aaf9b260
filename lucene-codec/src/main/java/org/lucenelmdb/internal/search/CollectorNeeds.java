/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.Arrays;
import org.apache.lucene.search.AbstractKnnCollector;
import org.apache.lucene.search.KnnCollector;

/**
 * What a collector still needs, given the exact scores that it has collected: the score that
 * another vector has to exceed, and the number of nearest vectors that the traversal has to reach.
 * For one quantized search.
 */
abstract class CollectorNeeds {

  final KnnCollector collector;

  private CollectorNeeds(KnnCollector collector) {
    this.collector = collector;
  }

  /** The needs of a collector that has not collected anything yet. */
  static CollectorNeeds of(CollectorKind kind, KnnCollector collector) {
    return switch (kind) {
      case TOP_K -> new TopK(collector);
      case DIVERSIFYING -> new Diversifying(collector);
      case DECORATED, PATIENT -> new Decorated((ObservedCollector) collector);
      case SIMILARITY -> new Similarity(collector);
      case EVERY_SCORE -> throw new IllegalArgumentException("unsuitable for codes: " + collector);
    };
  }

  /**
   * Must be called when vectors were collected.
   *
   * @param scores their scores, in any order; may be changed
   * @param total the number of vectors that were reranked so far
   */
  void collected(float[] scores, int count, int total) {}

  /** The score that a vector has to exceed; negative infinity if every vector is competitive. */
  float minCompetitiveSimilarity() {
    return collector.minCompetitiveSimilarity();
  }

  /** The number of results. The tolerance of a search is a share of it. */
  int resultCount() {
    return collector.k();
  }

  /**
   * The number of nearest vectors that contain all results. The traversal has to be as long as one
   * that searches for this many results. At most k if the best k vectors suffice.
   */
  int reach() {
    return 0;
  }

  /** Whether a fixed number of candidates serves the collector. */
  boolean isTopK() {
    return false;
  }

  private static final class TopK extends CollectorNeeds {
    TopK(KnnCollector collector) {
      super(collector);
    }

    @Override
    boolean isTopK() {
      return true;
    }
  }

  /** The needs of a block join, which has k results only after it has seen k parents. */
  private static class Diversifying extends CollectorNeeds {
    private int seenWhenFull; // 0 until the collector has k results

    Diversifying(KnnCollector collector) {
      super(collector);
    }

    @Override
    void collected(float[] scores, int count, int total) {
      if (seenWhenFull == 0 && collector.minCompetitiveSimilarity() >= 0) {
        seenWhenFull = total;
      }
    }

    @Override
    int reach() {
      return seenWhenFull;
    }
  }

  /**
   * The needs of a decorated collector. It is treated like a block join until it is known to keep
   * the best k vectors.
   */
  private static final class Decorated extends Diversifying {
    private final ObservedCollector observed;

    Decorated(ObservedCollector observed) {
      super(observed);
      this.observed = observed;
    }

    @Override
    int reach() {
      return observed.isTopK() ? 0 : super.reach();
    }

    @Override
    boolean isTopK() {
      return observed.isTopK();
    }
  }

  /**
   * The needs of a collector with a similarity threshold. No public method returns the threshold,
   * but it is between the best rejected score and the worst accepted one. So it is known as soon as
   * it matters: when reranked candidates miss it.
   */
  private static final class Similarity extends CollectorNeeds {
    private float bestRejected = Float.NEGATIVE_INFINITY;
    private int results;

    Similarity(KnnCollector collector) {
      super(collector);
    }

    @Override
    void collected(float[] scores, int count, int total) {
      int before = results;
      results = results();
      int rejected = count - (results - before);
      if (rejected > 0) {
        Arrays.sort(scores, 0, count);
        bestRejected = Math.max(bestRejected, scores[rejected - 1]);
      }
    }

    private int results() {
      return collector instanceof AbstractKnnCollector known
          ? known.numCollected()
          : collector.topDocs().scoreDocs.length; // leaves these collectors unchanged
    }

    @Override
    float minCompetitiveSimilarity() {
      return bestRejected;
    }

    @Override
    int resultCount() {
      return Math.max(RecallCurve.FEW, results);
    }

    @Override
    int reach() {
      return results;
    }
  }
}

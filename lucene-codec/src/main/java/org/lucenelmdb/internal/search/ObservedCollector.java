/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;

/**
 * Finds out whether a decorated collector keeps the best k vectors, by its public methods. A second
 * collector, which does, receives the same vectors. If the minimum competitive similarities of the
 * two differ, the decorated collector keeps other or more vectors.
 */
final class ObservedCollector extends KnnCollector.Decorator {

  private final TopKnnCollector mirror;

  /**
   * @param size the number of vectors that may be collected
   */
  ObservedCollector(KnnCollector collector, int size) {
    super(collector);
    // a collector that can keep more vectors than there are is never full
    this.mirror = new TopKnnCollector(Math.min(collector.k(), size + 1), Integer.MAX_VALUE);
  }

  @Override
  public boolean collect(int doc, float score) {
    mirror.collect(doc, score);
    return super.collect(doc, score);
  }

  /** Whether the collector has kept the best k of the vectors that it has seen. */
  boolean isTopK() {
    return super.minCompetitiveSimilarity() == mirror.minCompetitiveSimilarity();
  }

  /**
   * The score that a vector has to exceed. If the collector does not keep the best k vectors, its
   * minimum may be a threshold, and a vector that equals it is a result. In this case the returned
   * score is slightly lower than the minimum.
   */
  @Override
  public float minCompetitiveSimilarity() {
    float min = super.minCompetitiveSimilarity();
    return min == mirror.minCompetitiveSimilarity() ? min : Math.nextDown(min);
  }
}

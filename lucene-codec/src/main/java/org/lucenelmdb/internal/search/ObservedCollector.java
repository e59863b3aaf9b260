/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.TopKnnCollector;

/**
 * Finds out by its public methods whether a decorated collector keeps the best k vectors. A mirror
 * is given the same vectors; if its minimum competitive similarity is another one, the collector
 * keeps other vectors, or more of them.
 */
final class ObservedCollector extends KnnCollector.Decorator {

  private final TopKnnCollector mirror;

  /**
   * @param size the number of vectors that may be collected
   */
  ObservedCollector(KnnCollector collector, int size) {
    super(collector);
    // one that can keep more than all vectors is never full
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
   * The score that a vector has to exceed. If the collector does not keep the best k, it may be a
   * threshold, and a vector that just reaches it is a result: the score is slightly lower then.
   */
  @Override
  public float minCompetitiveSimilarity() {
    float min = super.minCompetitiveSimilarity();
    return min == mirror.minCompetitiveSimilarity() ? min : Math.nextDown(min);
  }
}

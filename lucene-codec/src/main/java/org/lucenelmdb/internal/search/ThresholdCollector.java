/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.KnnCollector;

/**
 * A collector of Lucene's that keeps all vectors from a score on. Scans and traversals leave out
 * vectors whose score is {@link #minCompetitiveSimilarity}, which may be that very score (of {@code
 * FloatVectorSimilarityQuery.Explicit} it is, unless another was asked for). Here it is less, so
 * that vectors that just reach the threshold are results.
 */
final class ThresholdCollector extends KnnCollector.Decorator {

  private final float threshold;

  /**
   * @param threshold the least score that is kept
   */
  ThresholdCollector(KnnCollector collector, float threshold) {
    super(collector);
    this.threshold = threshold;
  }

  float threshold() {
    return threshold;
  }

  @Override
  public float minCompetitiveSimilarity() {
    return Math.min(super.minCompetitiveSimilarity(), Math.nextDown(threshold));
  }
}

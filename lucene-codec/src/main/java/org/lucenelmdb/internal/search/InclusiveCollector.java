/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.KnnCollector;

/**
 * Decorates a collector whose minimum competitive similarity may be its similarity threshold.
 * Searches skip vectors that do not exceed the minimum, although vectors that equal the threshold
 * are results. The decorator returns a slightly lower minimum.
 */
final class InclusiveCollector extends KnnCollector.Decorator {

  InclusiveCollector(KnnCollector collector) {
    super(collector);
  }

  @Override
  public float minCompetitiveSimilarity() {
    return Math.nextDown(super.minCompetitiveSimilarity());
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.KnnCollector;

/**
 * A collector with an explicit similarity threshold, which may equal its minimum competitive
 * similarity. Searches leave out vectors with that very score, although they are results. Here the
 * minimum is slightly lower.
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

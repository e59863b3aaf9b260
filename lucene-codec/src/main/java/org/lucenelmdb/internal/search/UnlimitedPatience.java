/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * Hides the patience of a collector from a search. Patience ends a traversal when the collector has
 * received few new results during the last expansions. A quantized search passes results after its
 * traversal, so the collector would end it at once.
 */
final class UnlimitedPatience extends KnnCollector.Decorator {

  private final KnnSearchStrategy strategy;

  UnlimitedPatience(KnnCollector collector) {
    super(collector);
    KnnSearchStrategy given = collector.getSearchStrategy();
    KnnSearchStrategy original = CollectorKind.original(given);
    if (original instanceof KnnSearchStrategy.Patience patience) {
      original = new KnnSearchStrategy.Hnsw(patience.filteredSearchThreshold());
    }
    this.strategy =
        given instanceof KnnSearchStrategy.Seeded seeded
            ? new KnnSearchStrategy.Seeded(
                seeded.entryPoints(), seeded.numberOfEntryPoints(), original)
            : original;
  }

  @Override
  public KnnSearchStrategy getSearchStrategy() {
    return strategy;
  }
}

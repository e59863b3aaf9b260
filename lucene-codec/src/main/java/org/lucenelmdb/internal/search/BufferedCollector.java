/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.util.HashSet;
import java.util.Set;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * Keeps what is collected until it is known whether it is enough. Visits count, and the time runs,
 * for the collector that gets it then.
 */
final class BufferedCollector extends KnnCollector.Decorator {

  private final TopKnnCollector buffer;
  private final KnnSearchStrategy strategy;

  /**
   * @param candidates how many it keeps
   * @param strategy of the search, may be null
   */
  BufferedCollector(KnnCollector collector, int candidates, KnnSearchStrategy strategy) {
    super(collector);
    this.buffer = new TopKnnCollector(candidates, Integer.MAX_VALUE);
    this.strategy = strategy;
  }

  @Override
  public boolean collect(int doc, float score) {
    return buffer.collect(doc, score);
  }

  @Override
  public float minCompetitiveSimilarity() {
    return buffer.minCompetitiveSimilarity();
  }

  @Override
  public KnnSearchStrategy getSearchStrategy() {
    return strategy;
  }

  /** How many were collected; at most the number that it keeps. */
  int numCollected() {
    return buffer.numCollected();
  }

  /** Passes on what was collected, once; returns the documents. */
  Set<Integer> passTo(KnnCollector collector) {
    Set<Integer> docs = new HashSet<>();
    for (ScoreDoc hit : buffer.topDocs().scoreDocs) {
      collector.collect(hit.doc, hit.score);
      docs.add(hit.doc);
    }
    return docs;
  }
}

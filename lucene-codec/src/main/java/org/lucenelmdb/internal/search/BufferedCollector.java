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
 * Buffers the best vectors of a traversal until it is known whether they suffice. The collector
 * that receives the vectors later counts the visits, and may terminate the search.
 */
final class BufferedCollector extends KnnCollector.Decorator {

  private final TopKnnCollector buffer;
  private final KnnSearchStrategy strategy;

  /**
   * @param ef the number of vectors that are kept
   * @param strategy the strategy of the search; may be null
   */
  BufferedCollector(KnnCollector collector, int ef, KnnSearchStrategy strategy) {
    super(collector);
    this.buffer = new TopKnnCollector(ef, Integer.MAX_VALUE);
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

  /** The number of vectors that are kept. */
  int numCollected() {
    return buffer.numCollected();
  }

  /** Passes the vectors to the collector, and returns their documents. May be called once. */
  Set<Integer> passTo(KnnCollector collector) {
    Set<Integer> docs = new HashSet<>();
    for (ScoreDoc hit : buffer.topDocs().scoreDocs) {
      collector.collect(hit.doc, hit.score);
      docs.add(hit.doc);
    }
    return docs;
  }
}

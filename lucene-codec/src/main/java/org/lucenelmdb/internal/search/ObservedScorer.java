/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/** A scorer that passes the scores of vectors to an observer. */
final class ObservedScorer implements RandomVectorScorer {

  final RandomVectorScorer in;
  private final SearchObserver observer;

  ObservedScorer(RandomVectorScorer in, SearchObserver observer) {
    this.in = in;
    this.observer = observer;
  }

  @Override
  public float score(int ord) throws IOException {
    float score = in.score(ord);
    observer.onExactScores(new int[] {ord}, new float[] {score}, 1);
    return score;
  }

  @Override
  public float bulkScore(int[] ords, float[] scores, int count) throws IOException {
    float max = in.bulkScore(ords, scores, count);
    observer.onExactScores(ords, scores, count);
    return max;
  }

  @Override
  public int maxOrd() {
    return in.maxOrd();
  }

  @Override
  public int ordToDoc(int ord) {
    return in.ordToDoc(ord);
  }

  @Override
  public Bits getAcceptOrds(Bits acceptDocs) {
    return in.getAcceptOrds(acceptDocs);
  }
}

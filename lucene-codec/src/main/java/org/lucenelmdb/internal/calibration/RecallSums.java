/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import org.apache.lucene.search.ScoreDoc;

/** The recall of one effort for one k, summed over queries. Thread-safe while queries are added. */
final class RecallSums {

  /**
   * A number that is added to the missed vectors, because a sample without misses does not mean
   * that all queries have none.
   */
  private static final double DOUBT = 0.5;

  /**
   * The maximum share of the missed vectors by which the recall is lowered for its standard error,
   * which is large if there are few misses.
   */
  private static final double MAX_ERROR = 0.5;

  /** The relative difference between scores that are computed together and one by one. */
  private static final float ROUNDING = 1e-6f;

  /** A recall that suffices for the highest target, 0.999. */
  private static final double ENOUGH = 0.9995;

  /** A traversal that visits this share of all vectors is no better than a scan. */
  private static final double NO_BETTER = 0.5;

  private final LongAdder queries = new LongAdder();
  private final LongAdder found = new LongAdder();
  private final DoubleAdder squares = new DoubleAdder(); // the squares of the queries' recall
  private final DoubleAccumulator worst = new DoubleAccumulator(Math::min, 1);
  private final LongAdder wanted = new LongAdder();
  private final LongAdder expandedNodes = new LongAdder();
  private final LongAdder visits = new LongAdder();

  /** Creates sums for a number of efforts. */
  static RecallSums[] create(int count) {
    RecallSums[] sums = new RecallSums[count];
    Arrays.setAll(sums, i -> new RecallSums());
    return sums;
  }

  /**
   * Adds a query.
   *
   * @param minScore the score that hits must reach
   * @param expanded the number of expanded nodes
   * @param visited the number of visits
   */
  void add(float minScore, int k, ScoreDoc[] hits, long expanded, long visited) {
    int count = 0;
    for (ScoreDoc hit : hits) {
      count += hit.score >= minScore - ROUNDING * Math.abs(minScore) ? 1 : 0;
    }
    queries.increment();
    found.add(count);
    double recall = (double) count / k;
    squares.add(recall * recall);
    worst.accumulate(recall);
    wanted.add(k);
    expandedNodes.add(expanded);
    visits.add(visited);
  }

  boolean isEmpty() {
    return queries.sum() == 0;
  }

  /**
   * Returns the mean recall less its standard error, because on certain data a few queries find
   * nothing and most find everything.
   */
  float recall() {
    double error = Math.min(standardError(), MAX_ERROR * (1 - mean()));
    return (float) Math.max(0, mean() - error);
  }

  /** Returns the mean recall. */
  double mean() {
    return Math.max(0, found.sum() - DOUBT) / Math.max(1, wanted.sum());
  }

  /** Returns the standard error of the mean recall. */
  double standardError() {
    double count = Math.max(1, queries.sum());
    double variance = Math.max(0, squares.sum() / count - mean() * mean());
    return Math.sqrt(variance / count);
  }

  /** Returns the lowest recall of a query; 1 without queries. */
  double worst() {
    return worst.get();
  }

  /** Returns the mean number of expanded nodes per result. */
  float expandedNodes(int k) {
    return (float) expandedNodes.sum() / Math.max(1, queries.sum()) / k;
  }

  /**
   * Returns whether no higher effort has to be measured.
   *
   * @param size the number of vectors
   */
  boolean isEnough(int size) {
    return found.sum() >= ENOUGH * wanted.sum() || visits.sum() > NO_BETTER * size * queries.sum();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;

/**
 * Compares the codes of a field that is being built with a query, as {@link SegmentCodeScorer} does those
 * of a segment. Here a node is an ordinal: a graph that is walked while it is built has no other
 * numbers. For one thread, and one query after the other.
 */
public final class BuiltCodeScorer {

  private final BuiltCodes codes;
  private final CodeScorer scorer;

  BuiltCodeScorer(BuiltCodes codes) {
    this.codes = codes;
    this.scorer = new CodeScorer(QuantizedQuery.create(codes.model()), codes.records(), null);
  }

  /** Changes the query. */
  public void setTarget(float[] target) {
    scorer.setTarget(target);
  }

  /**
   * Makes the CPU fetch codes, for {@link #score}.
   *
   * @param nodes are not checked: all below the number of vectors
   * @return something that was read, for the caller to use, lest the JVM leave it out
   */
  public int touch(int[] nodes, int count) {
    long[] addresses = scorer.addresses(count);
    for (int i = 0; i < count; i++) {
      addresses[i] = codes.address(nodes[i]);
    }
    return scorer.touch(count);
  }

  /**
   * Scores what was touched last. A score grows with the similarity, and is comparable to others of
   * the same query only.
   *
   * @param count the number of nodes that were touched, or fewer
   */
  public void score(int count, float[] scores) throws IOException {
    scorer.score(count, scores);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.tools.index.SegmentField;

/** Scores the codes of a segment. */
final class CodeScores {

  private static final int BATCH = 256;

  private final SegmentCodeScorer codes;
  private final float[] scores; // by node

  CodeScores(SegmentField field, QueryVector query) throws IOException {
    this.codes = field.field().codes().scorer(field.segment().image());
    codes.setTarget(query.floats());
    int size = field.field().blocks().size();
    this.scores = new float[size];
    int[] batch = new int[BATCH];
    float[] scored = new float[BATCH];
    int touched = 0;
    for (int from = 0; from < size; from += BATCH) {
      int count = Math.min(BATCH, size - from);
      for (int i = 0; i < count; i++) {
        batch[i] = from + i;
      }
      touched += codes.prefetch(batch, count);
      codes.score(count, scored);
      System.arraycopy(scored, 0, scores, from, count);
    }
    assert touched != Integer.MIN_VALUE; // the reads of a prefetch
  }

  /** The score of a node: the estimated similarity of its vector. */
  float score(int node) {
    return scores[node];
  }

  /** The standard deviation of the estimate's error, as the codes predict it. */
  double error(int node) throws IOException {
    return codes.error(node, scores[node]);
  }

  /**
   * The rank of a node among those whose ordinals match.
   *
   * @param ords the matching ordinals
   */
  int rank(int node, Bits ords) throws IOException {
    int rank = 1;
    for (int other = 0; other < scores.length; other++) {
      if (scores[other] > scores[node] && ords.get(codes.ordinal(other))) {
        rank++;
      }
    }
    return rank;
  }
}

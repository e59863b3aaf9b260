/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.codes.CodeScorer;
import org.lucenelmdb.internal.vectors.VectorPairs;

/** Scores nodes by their codes, against the vector of the target. */
final class CodesNodeScorer implements NodeScorer {

  private final CodeScorer codes;
  private final VectorPairs vectors;
  private final float[] target;

  CodesNodeScorer(CodeScorer codes, VectorPairs vectors, int dimension) {
    this.codes = codes;
    this.vectors = vectors;
    this.target = new float[dimension];
  }

  @Override
  public void setTarget(int node) throws IOException {
    vectors.copy(node, target);
    codes.setTarget(target);
  }

  @Override
  public int prefetch(int[] nodes, int count) {
    return codes.prefetch(nodes, count);
  }

  @Override
  public void score(int[] nodes, int count, float[] scores) throws IOException {
    codes.score(count, scores);
  }
}

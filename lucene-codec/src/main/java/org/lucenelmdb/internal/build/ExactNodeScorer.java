/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.vectors.VectorPairs;

/** Scores nodes by their vectors, for graphs without codes. */
record ExactNodeScorer(VectorPairs vectors) implements NodeScorer {

  @Override
  public void setTarget(int node) throws IOException {
    vectors.setTarget(node);
  }

  @Override
  public int prefetch(int[] nodes, int count) throws IOException {
    return vectors.prefetchIntoCache(nodes, count);
  }

  @Override
  public void score(int[] nodes, int count, float[] scores) throws IOException {
    vectors.score(nodes, count, scores);
  }
}

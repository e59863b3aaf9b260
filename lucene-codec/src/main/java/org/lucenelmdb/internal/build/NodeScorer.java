/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;

/**
 * Scores nodes for a traversal, by codes or by vectors. Scores grow with similarity; only scores of
 * the same target are comparable. For one thread.
 */
interface NodeScorer {

  /** Sets the node against which others are scored. */
  void setTarget(int node) throws IOException;

  /**
   * Prefetches the data of the nodes that are scored next.
   *
   * @return a value to accumulate, so that the JIT cannot eliminate the reads
   */
  int prefetch(int[] nodes, int count) throws IOException;

  /** Scores the last {@linkplain #prefetch prefetched} nodes. */
  void score(int[] nodes, int count, float[] scores) throws IOException;
}

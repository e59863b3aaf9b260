/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;

/**
 * Scores nodes for a walk: by codes, or exactly. A score grows with the similarity, and is
 * comparable to others of the same target only. For one thread.
 */
interface NodeScorer {

  /** Changes the node that others are scored against. */
  void setTarget(int node) throws IOException;

  /** Makes the CPU fetch what {@link #score} will read; returns something to keep. */
  int touch(int[] nodes, int count) throws IOException;

  /** Scores the nodes that were touched last. */
  void score(int[] nodes, int count, float[] scores) throws IOException;
}

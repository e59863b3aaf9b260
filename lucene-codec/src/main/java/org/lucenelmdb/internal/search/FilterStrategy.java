/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/** The ways in which a search finds candidates among the vectors that match a filter. */
public enum FilterStrategy {
  /** Scores all matching nodes, and no others. */
  EXHAUSTIVE,
  /** Traverses the graph as without a filter, and collects only matching nodes. */
  POST_FILTERED,
  /**
   * Traverses the matching nodes. All neighbors of a matching node are scored, but only the
   * matching neighbors of other nodes.
   */
  FILTERED
}

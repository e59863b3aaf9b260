/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/** How a search finds candidates among the vectors that a filter accepts. */
public enum FilterStrategy {
  /** Scores the codes of all accepted vectors, and none else. */
  EXHAUSTIVE,
  /** Walks through the graph as without a filter, and keeps what is accepted. */
  POST_FILTERED,
  /**
   * Walks through the accepted nodes: their neighbors are scored whether they are accepted or not,
   * but of the neighbors of one that is not, only those that are.
   */
  FILTERED
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

/**
 * Observes the steps of one search of a segment, for tools. Searches of applications have none: a
 * search tests for an observer at most twice for each node that it expands, and for each batch that
 * it scans.
 *
 * <p>A traversal reads the links of nodes, and then scores those neighbors that it has not seen.
 * Scores belong to the links that were read last, unless {@link #onSeeds} or {@link #onScan} was
 * called since.
 *
 * <p>Nodes are those of the graph. In a field without codes they are ordinals. Arrays are only
 * valid during a call.
 */
public interface SearchObserver {

  /** The worst score of a beam that is not full. */
  float NONE = Float.NEGATIVE_INFINITY;

  /**
   * A traversal begins at the entry node.
   *
   * @param ef the number of nodes that it keeps
   */
  void onTraversal(int ef);

  /**
   * The links of a node are read: on level 0, the node is expanded.
   *
   * @param score NaN if it is unknown, in one of Lucene's searchers
   * @param worst the score that a neighbor has to reach to be expanded: on level 0, that of the
   *     worst node in the beam; {@link #NONE} if any is expanded; NaN if it is unknown
   */
  void onLinks(int level, int node, float score, float worst);

  /** The descent has ended at a node, at which the traversal of level 0 begins. */
  void onStart(int node, float score);

  /** The next scores are those of seeds: of the query, or of a sample of the matching nodes. */
  void onSeeds();

  /** The next scores are those of a scan. */
  void onScan();

  /** Codes were scored. Nodes that do not match may be among them. */
  void onScores(int[] nodes, float[] scores, int count);

  /**
   * Vectors were scored. In a quantized search these are the reranked candidates. Otherwise, the
   * ordinals are also nodes; if the search has a filter, some of them may not match.
   */
  void onExactScores(int[] ords, float[] scores, int count);

  /**
   * A traversal, or its extension, has ended.
   *
   * @param worst the score below which nodes were not expanded; {@link #NONE} if there is no limit
   * @param isExhausted whether no node was left to expand
   */
  void onTraversalEnd(float worst, boolean isExhausted);
}

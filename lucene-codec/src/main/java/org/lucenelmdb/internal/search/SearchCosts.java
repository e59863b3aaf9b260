/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.graph.GraphGeometry;

/**
 * The costs of filter strategies for a field in a segment, in nanoseconds. Only the ratios of costs
 * matter. {@link CodeCosts} provides the costs of codes and vectors. The other constants are fitted
 * to searches of 116,000 embeddings with codes of 64 bytes, on an AMD EPYC with the Vector API: 11
 * ns for a code of a scan, 600 ns for a post-filtered expansion, 900 ns for a filtered one. {@code
 * it/jmh}'s {@code Filters} measures these costs with synthetic vectors.
 */
final class SearchCosts {

  /** The cost per code of a scan besides scoring: the filter is translated to nodes first. */
  private static final double SCAN_NANOS = 8;

  /** The cost per code of a traversal besides scoring. */
  private static final double VISIT_NANOS = 10;

  /** The cost of reading the links of a node. */
  private static final double LINKS_NANOS = 200;

  /** The share of a node's neighbors that were not visited before. */
  private static final double NEW_SHARE = 0.4;

  /** The cost of reading the links of a node and testing which neighbors match. */
  private static final double FILTERED_LINKS_NANOS = 850;

  /** The cost of the descent to level 0. */
  private static final double DESCENT_NANOS = 15_000;

  /** The maximum ratio of the beams of a filtered and a post-filtered traversal. */
  private static final double MAX_FILTERED_EF_FACTOR = 8;

  private final int size;
  private final double scanNanos;
  private final double newPerExpansion;
  private final double visitNanos;
  private final CodeCosts costs;

  /**
   * @param model the model of the codes
   * @param costs the costs of the codes and the vectors
   */
  SearchCosts(GraphGeometry graph, CodeModel model, CodeCosts costs) {
    this.size = graph.size();
    this.costs = costs;
    double code = costs.code(model);
    this.scanNanos = SCAN_NANOS + code;
    this.visitNanos = VISIT_NANOS + code;
    this.newPerExpansion = NEW_SHARE * 2 * graph.maxConn();
  }

  /**
   * The lower cost of scanning the matching codes and reranking candidates, and of scanning the
   * matching vectors.
   */
  double scan(double matching, int rerankCount) {
    return Math.min(codesScan(matching) + rerank(rerankCount), vectorsScan(matching));
  }

  /** The cost of scoring codes in order. */
  double codesScan(double codes) {
    return codes * scanNanos;
  }

  /** The cost of scoring vectors in order. */
  double vectorsScan(double vectors) {
    return vectors * costs.scannedVector();
  }

  /** The cost of scoring vectors in random order. */
  double rerank(double vectors) {
    return vectors * costs.vector();
  }

  /**
   * Whether scanning all vectors costs no more than a traversal that finds the given number of
   * candidates.
   */
  boolean isScanCheaper(double vectors, int count) {
    return scan(vectors, count) <= descent() + postFiltered(count);
  }

  /**
   * The expected expansions of a post-filtered traversal: the number of nodes that are more similar
   * to the query than the last candidate.
   *
   * @param selectivity the share of the nodes that match, more than 0
   */
  double postFilteredExpansions(int count, double selectivity) {
    return Math.min(size, count / selectivity);
  }

  /** The cost of the expansions of a post-filtered traversal. */
  double postFiltered(double expandedNodes) {
    return expandedNodes * (LINKS_NANOS + newPerExpansion * visitNanos);
  }

  /**
   * The beam with which a filtered traversal has about the recall of a post-filtered one. It has to
   * be larger, because a filtered traversal does not visit all near nodes.
   */
  int filteredEf(int ef, double selectivity) {
    double factor = Math.min(MAX_FILTERED_EF_FACTOR, 1 / Math.sqrt(selectivity));
    return (int) Math.min(size, Math.ceil(ef * factor));
  }

  /**
   * The expected expansions of a filtered traversal.
   *
   * @param ef the beam, as returned by {@link #filteredEf}
   */
  double filteredExpansions(int ef, double selectivity) {
    return Math.min(size, ef * (1 - 0.9 * Math.log(selectivity)));
  }

  /** The cost of the expansions of a filtered traversal. */
  double filtered(double expandedNodes, double selectivity) {
    return expandedNodes * (FILTERED_LINKS_NANOS + selectivity * newPerExpansion * visitNanos);
  }

  double descent() {
    return DESCENT_NANOS;
  }

  /** The number of codes that expansions score. */
  long visits(FilterStrategy strategy, double expandedNodes, double selectivity) {
    double share = strategy == FilterStrategy.FILTERED ? Math.sqrt(selectivity) : 1;
    return Math.round(Math.min(size, expandedNodes * newPerExpansion * share));
  }

  /** The number of codes that a traversal without a filter scores. */
  long traversalVisits(int count) {
    return visits(FilterStrategy.POST_FILTERED, postFilteredExpansions(count, 1), 1);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.graph.GraphGeometry;

/**
 * The costs of filter strategies in a field of a segment, in nanoseconds. Only their proportions
 * matter. {@link CodeCosts} has the costs of codes and vectors. The other constants are fitted to
 * searches of 116,000 embeddings with codes of 64 bytes, on an AMD EPYC with the Vector API: 11 ns
 * for a code of a scan, 600 ns for a post-filtered expansion, 900 ns for a filtered one. {@code
 * it/jmh}'s {@code Filters} measures the same with synthetic vectors.
 */
final class SearchCosts {

  /** What a scan spends on a code besides its score: the filter is translated to nodes first. */
  private static final double SCAN_NANOS = 8;

  /** What a traversal spends on a code besides its score. */
  private static final double VISIT_NANOS = 10;

  /** Reading the links of a node. */
  private static final double LINKS_NANOS = 200;

  /** The share of a node's neighbors that were not visited before. */
  private static final double NEW_SHARE = 0.4;

  /** Reading the links of a node, and testing which neighbors match. */
  private static final double FILTERED_LINKS_NANOS = 850;

  /** The descent to level 0. */
  private static final double DESCENT_NANOS = 15_000;

  /** The largest factor between the beams of filtered and post-filtered traversals. */
  private static final double MAX_FILTERED_EF_FACTOR = 8;

  private final int size;
  private final double scanNanos;
  private final double newPerExpansion;
  private final double visitNanos;
  private final CodeCosts costs;

  /**
   * @param model of the codes
   * @param costs of the codes and the vectors
   */
  SearchCosts(GraphGeometry graph, CodeModel model, CodeCosts costs) {
    this.size = graph.size();
    this.costs = costs;
    double code = costs.code(model);
    this.scanNanos = SCAN_NANOS + code;
    this.visitNanos = VISIT_NANOS + code;
    this.newPerExpansion = NEW_SHARE * 2 * graph.maxConn();
  }

  /** Scanning the matching codes and reranking candidates, or scanning the matching vectors. */
  double scan(double matching, int rerankCount) {
    return Math.min(codesScan(matching) + rerank(rerankCount), vectorsScan(matching));
  }

  /** Scoring codes in order. */
  double codesScan(double codes) {
    return codes * scanNanos;
  }

  /** Scoring vectors in order. */
  double vectorsScan(double vectors) {
    return vectors * costs.scannedVector();
  }

  /** Scoring vectors in random order. */
  double rerank(double vectors) {
    return vectors * costs.vector();
  }

  /** Whether scanning all vectors costs no more than a traversal that finds this many. */
  boolean isScanCheaper(double vectors, int count) {
    return scan(vectors, count) <= descent() + postFiltered(count);
  }

  /**
   * The expansions of a post-filtered traversal: the nodes that are more similar to the query than
   * the last candidate.
   *
   * @param selectivity the share of the nodes that match, more than 0
   */
  double postFilteredExpansions(int count, double selectivity) {
    return Math.min(size, count / selectivity);
  }

  /** The cost of post-filtered expansions. */
  double postFiltered(double expandedNodes) {
    return expandedNodes * (LINKS_NANOS + newPerExpansion * visitNanos);
  }

  /**
   * The beam with which a filtered traversal finds the best candidates as surely as a post-filtered
   * one. It has to be larger, because the traversal does not visit all near nodes.
   */
  int filteredEf(int ef, double selectivity) {
    double factor = Math.min(MAX_FILTERED_EF_FACTOR, 1 / Math.sqrt(selectivity));
    return (int) Math.min(size, Math.ceil(ef * factor));
  }

  /**
   * The expansions of a filtered traversal.
   *
   * @param ef as {@link #filteredEf} returns it
   */
  double filteredExpansions(int ef, double selectivity) {
    return Math.min(size, ef * (1 - 0.9 * Math.log(selectivity)));
  }

  /** The cost of filtered expansions. */
  double filtered(double expandedNodes, double selectivity) {
    return expandedNodes * (FILTERED_LINKS_NANOS + selectivity * newPerExpansion * visitNanos);
  }

  double descent() {
    return DESCENT_NANOS;
  }

  /** The codes that expansions score. */
  long visits(FilterStrategy strategy, double expandedNodes, double selectivity) {
    double share = strategy == FilterStrategy.FILTERED ? Math.sqrt(selectivity) : 1;
    return Math.round(Math.min(size, expandedNodes * newPerExpansion * share));
  }

  /** The codes that a traversal without a filter scores. */
  long traversalVisits(int count) {
    return visits(FilterStrategy.POST_FILTERED, postFilteredExpansions(count, 1), 1);
  }
}

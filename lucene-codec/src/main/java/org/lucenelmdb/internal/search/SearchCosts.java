/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.graph.GraphGeometry;

/**
 * What strategies cost in one field of a segment, in nanoseconds: only their proportions matter.
 * What a code and a vector cost is in {@link CodeCosts}; the other constants are fitted to searches
 * of 116,000 embeddings with codes of 64 bytes, on an AMD EPYC with the Vector API: 11 ns for a
 * code of a scan, 600 ns for a hop of a sweep, 900 for one in two expandedNodes. {@code it/jmh}'s
 * {@code Filters} measures the same with made-up vectors.
 */
final class SearchCosts {

  /** What a code costs a scan beside its score: the filter is turned into a set of nodes first. */
  private static final double SCAN_NANOS = 8;

  /** What a code costs a traversal beside its score. */
  private static final double WALK_NANOS = 10;

  /** Reading a node's links. */
  private static final double LINKS_NANOS = 200;

  /** Of all codes, a part is new to a walk that reads a node's links. */
  private static final double NEW_PART = 0.4;

  /** Reading and testing the links of a node of which only accepted neighbors are scored. */
  private static final double TEST_NANOS = 850;

  /** The way down to level 0. */
  private static final double DESCENT_NANOS = 15_000;

  /** How many more candidates a walk in two expandedNodes finds, at most. */
  private static final double MAX_TWO_HOP_FACTOR = 8;

  private final int size;
  private final double scanNanos;
  private final double newPerExpansion;
  private final double walkNanos;
  private final CodeCosts costs;

  /**
   * @param model of the codes
   * @param costs of its codes and vectors
   */
  SearchCosts(GraphGeometry graph, CodeModel model, CodeCosts costs) {
    this.size = graph.size();
    this.costs = costs;
    double code = costs.code(model);
    this.scanNanos = SCAN_NANOS + code;
    this.walkNanos = WALK_NANOS + code;
    this.newPerExpansion = NEW_PART * 2 * graph.maxConn();
  }

  /** Scanning what is accepted: its codes, to rerank some candidates, or its vectors. */
  double scan(double accepted, int candidates) {
    return Math.min(codesScan(accepted) + rerank(candidates), vectorsScan(accepted));
  }

  /** Scoring so many codes in order. */
  double codesScan(double codes) {
    return codes * scanNanos;
  }

  /** Scoring so many vectors in order. */
  double vectorsScan(double vectors) {
    return vectors * costs.scannedVector();
  }

  /** Scoring so many vectors in no order. */
  double rerank(double vectors) {
    return vectors * costs.vector();
  }

  /**
   * How many nodes a sweep takes from its queue: as many as are more similar than the last
   * candidate.
   *
   * @param selectivity the part of them that is accepted, more than 0
   */
  double sweepHops(int candidates, double selectivity) {
    return Math.min(size, candidates / selectivity);
  }

  /** The part of a sweep that is left. */
  double sweep(double expandedNodes) {
    return expandedNodes * (LINKS_NANOS + newPerExpansion * walkNanos);
  }

  /**
   * How many candidates a walk in two expandedNodes needs, to find the best as surely as a sweep:
   * it does not see all that is near.
   */
  int twoHopCandidates(int candidates, double selectivity) {
    double factor = Math.min(MAX_TWO_HOP_FACTOR, 1 / Math.sqrt(selectivity));
    return (int) Math.min(size, Math.ceil(candidates * factor));
  }

  /**
   * How many nodes a walk in two expandedNodes takes from its queue.
   *
   * @param candidates as many as {@link #twoHopCandidates} says
   */
  double twoHopHops(int candidates, double selectivity) {
    return Math.min(size, candidates * (1 - 0.9 * Math.log(selectivity)));
  }

  /** The part of a walk in two expandedNodes that is left. */
  double twoHop(double expandedNodes, double selectivity) {
    return expandedNodes * (TEST_NANOS + selectivity * newPerExpansion * walkNanos);
  }

  double descent() {
    return DESCENT_NANOS;
  }

  /** How many codes so many expandedNodes score. */
  long visits(FilterStrategy strategy, double expandedNodes, double selectivity) {
    double part = strategy == FilterStrategy.FILTERED ? Math.sqrt(selectivity) : 1;
    return Math.round(Math.min(size, expandedNodes * newPerExpansion * part));
  }
}

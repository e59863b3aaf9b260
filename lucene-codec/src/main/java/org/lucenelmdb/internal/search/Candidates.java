/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.internal.graph.Beam;

/**
 * The nodes that a traversal or a scan has scored by their codes. The beam holds the best matching
 * nodes. All others are kept, because the errors of codes may make them worth reranking. For one
 * thread; reusable for one search after another.
 */
final class Candidates {

  /** The size from which the list of evicted nodes is split before it is searched. */
  private static final int MIN_SEPARATED = 1024;

  /** The best matching nodes, and the frontier of a traversal. */
  final Beam beam = new Beam();

  /** Nodes whose score is too low for the frontier. Not all of them match. */
  final ScoredNodeList deferred = new ScoredNodeList();

  /** Matching nodes that are not, or no longer, in the beam. */
  final ScoredNodeList evicted = new ScoredNodeList();

  /** Evicted nodes with low scores, set aside to keep {@link #evicted} short. */
  private final ScoredNodeList distant = new ScoredNodeList();

  private double distantScore; // all distant nodes have lower scores

  /** The candidates that the reranker scores next. */
  final ScoredNodeList taken = new ScoredNodeList();

  private final ScoredNodeList remaining = new ScoredNodeList();
  private final SegmentCodeScorer codes;
  private Bits matching;

  Candidates(SegmentCodeScorer codes) {
    this.codes = codes;
  }

  /**
   * Begins a search.
   *
   * @param matching the matching ordinals, or null if all match
   */
  void begin(Bits matching) {
    this.matching = matching;
    clear();
  }

  /** Removes all nodes except those in the beam. */
  void clear() {
    deferred.clear();
    evicted.clear();
    distant.clear();
    distantScore = Double.NEGATIVE_INFINITY;
    taken.clear();
  }

  /** Ends a search. */
  void end() {
    matching = null;
  }

  /** Whether a node matches the filter. */
  boolean isMatching(int node) throws IOException {
    return matching == null || matching.get(codes.ordinal(node));
  }

  /** Sets {@link #taken} to the nodes in the beam. */
  void takeBest() {
    taken.clear();
    for (int i = 0; i < beam.collectedCount(); i++) {
      taken.add(beam.collected(i));
    }
  }

  /** Moves the evicted nodes with at least the given entry to {@link #taken}. */
  void takeEvicted(long minEntry) {
    taken.clear();
    separate(Beam.score(minEntry));
    int kept = 0;
    for (int i = 0; i < evicted.size(); i++) {
      long entry = evicted.get(i);
      if (entry >= minEntry) {
        taken.add(entry);
      } else {
        evicted.set(kept++, entry);
      }
    }
    evicted.truncate(kept);
  }

  /**
   * Returns the matching nodes with at least the given score that were not taken yet.
   *
   * @return a list that the next call overwrites
   */
  ScoredNodeList remaining(double minScore) throws IOException {
    remaining.clear();
    separate(minScore);
    long minEntry = Beam.least(minScore); // comparing entries is faster than comparing scores
    for (int i = 0; i < evicted.size(); i++) {
      if (evicted.get(i) >= minEntry) {
        remaining.add(evicted.get(i));
      }
    }
    for (int i = 0; i < deferred.size(); i++) {
      long entry = deferred.get(i);
      if (entry >= minEntry && isMatching(Beam.node(entry))) {
        remaining.add(entry);
      }
    }
    return remaining;
  }

  /**
   * Makes {@link #evicted} contain all evicted nodes with at least the given score. If the list is
   * long, nodes with lower scores are moved out of it.
   */
  private void separate(double minScore) {
    if (minScore < distantScore) {
      evicted.addAll(distant.array(), 0, distant.size());
      distant.clear();
      distantScore = Double.NEGATIVE_INFINITY;
    }
    if (evicted.size() >= MIN_SEPARATED) {
      evicted.moveBelow(minScore, distant);
      distantScore = minScore;
    }
  }

  long ramBytesUsed() {
    return beam.ramBytesUsed()
        + deferred.ramBytesUsed()
        + evicted.ramBytesUsed()
        + distant.ramBytesUsed()
        + taken.ramBytesUsed()
        + remaining.ramBytesUsed();
  }
}

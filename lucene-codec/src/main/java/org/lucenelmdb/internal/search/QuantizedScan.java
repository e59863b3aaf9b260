/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import org.apache.lucene.search.KnnCollector;
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.internal.graph.Beam;

/**
 * Scores the codes of nodes in order, without a graph. Afterwards the beam holds the best
 * candidates. Other candidates that may be worth reranking are in the list of evicted nodes. For
 * one thread; reusable for one search after another.
 */
final class QuantizedScan {

  private static final int BATCH = 256;

  /** The size of the list of evicted nodes from which it is first cleaned. */
  private static final int FIRST_CLEANING = 1 << 13;

  private final SegmentCodeScorer codes;
  private final Candidates candidates;
  private final VisitCounter visits;
  private final Beam beam;
  private final ScoredNodeList evicted;

  private final int[] batch = new int[BATCH];
  private final float[] scores = new float[BATCH];

  private SearchObserver observer; // null if the search has none

  private double margin;
  private int nextCleaning;

  /**
   * The score limit of dropped nodes: all scanned nodes with at least this score are in the beam or
   * the list of evicted nodes.
   */
  private float floor;

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int touched;

  /**
   * @param candidates receives the scored nodes
   * @param visits counts the scored codes
   */
  QuantizedScan(SegmentCodeScorer codes, Candidates candidates, VisitCounter visits) {
    this.codes = codes;
    this.candidates = candidates;
    this.visits = visits;
    this.beam = candidates.beam;
    this.evicted = candidates.evicted;
  }

  /** Sets the observer of the next scans; null for none. */
  void observe(SearchObserver newObserver) {
    observer = newObserver;
  }

  /** Begins a scan without dropped nodes. */
  void begin() {
    floor = Float.NEGATIVE_INFINITY;
    margin = Double.NaN;
    nextCleaning = FIRST_CLEANING;
  }

  /**
   * Scans nodes, and takes the best candidates. Candidates that were found before are removed.
   *
   * @param count the number of candidates
   * @param collector may terminate the scan; it receives no vectors and no visits
   * @param nodes the matching nodes
   */
  void scanAll(int count, KnnCollector collector, Batches nodes) throws IOException {
    candidates.clear();
    beam.reset(count);
    begin();
    visits.restart(collector);
    scan(visits.left(), collector, nodes);
    candidates.takeBest();
  }

  /**
   * Scans nodes.
   *
   * @param limit the number of codes that may be scored
   * @return the number of codes that were scored
   */
  long scan(long limit, KnnCollector collector, Batches nodes) throws IOException {
    long scanned = 0;
    while (scanned < limit && collector.earlyTerminated() == false) {
      int count = (int) Math.min(nodes.next(batch), limit - scanned);
      if (count == 0) {
        break;
      }
      scanned += count;
      score(count);
      collect(count);
    }
    visits.add(scanned);
    return scanned;
  }

  /** Whether nodes with at least the given score may have been dropped. */
  boolean isDropped(double score) {
    return score < floor;
  }

  /**
   * Scans again to find the dropped nodes with at least the given score.
   *
   * @param nodes the nodes of the previous scan
   * @return the number of codes that were scored
   */
  long lowerFloor(float newFloor, KnnCollector collector, Batches nodes) throws IOException {
    float before = floor;
    long scanned = 0;
    while (collector.earlyTerminated() == false) {
      int count = nodes.next(batch);
      if (count == 0) {
        break;
      }
      scanned += count;
      score(count);
      for (int i = 0; i < count; i++) {
        long entry = Beam.entry(batch[i], scores[i]);
        float score = Beam.score(entry);
        if (score >= newFloor && score < before) {
          evicted.add(entry);
        }
      }
    }
    floor = newFloor;
    visits.addAbandoned(scanned);
    return scanned;
  }

  private void score(int count) throws IOException {
    touched += codes.prefetch(batch, count);
    codes.score(count, scores);
    if (observer != null) {
      observer.onScan();
      observer.onScores(batch, scores, count);
    }
  }

  private void collect(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (scores[i] < floor) { // false if the score is NaN
        continue;
      }
      long entry = Beam.entry(batch[i], scores[i]);
      if (entry > beam.minCompetitive()) {
        long out = beam.collect(entry);
        if (out != Beam.NONE) {
          evicted.add(out);
        }
      } else {
        evicted.add(entry);
      }
    }
    if (evicted.size() >= nextCleaning) {
      clean();
      nextCleaning = Math.max(FIRST_CLEANING, 2 * evicted.size());
    }
  }

  /** Raises the floor to the limit that follows from the worst candidate in the beam. */
  private void raiseFloor() throws IOException {
    if (beam.collectedCount() < beam.ef()) {
      return;
    }
    long worst = beam.minCompetitive();
    float score = Beam.score(worst);
    if (Double.isNaN(margin)) {
      double error = codes.error(Beam.node(worst), score);
      margin =
          Double.isFinite(error)
              ? SearchHeuristics.SCAN_KEPT_DEVIATIONS * error
              : Double.POSITIVE_INFINITY;
    }
    floor = (float) Math.max(floor, score - margin);
  }

  private void clean() throws IOException {
    raiseFloor();
    int kept = 0;
    for (int i = 0; i < evicted.size(); i++) {
      long entry = evicted.get(i);
      if (Beam.score(entry) >= floor) {
        evicted.set(kept++, entry);
      }
    }
    evicted.truncate(kept);
  }

  float floor() {
    return floor;
  }

  @Override
  public String toString() {
    return "QuantizedScan(touched " + touched + ")";
  }
}

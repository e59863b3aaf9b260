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
 * Scores the codes of nodes one after the other, without a graph. The best candidates are in the
 * beam afterwards. Others that may be worth reranking are among the evicted ones. For one thread,
 * and one query after the other.
 */
final class QuantizedScan {

  private static final int BATCH = 256;

  /** Up to this size, the list of evicted nodes is not cleaned. */
  private static final int FIRST_CLEANING = 1 << 13;

  private final SegmentCodeScorer codes;
  private final Candidates candidates;
  private final VisitCounter visits;
  private final Beam beam;
  private final ScoredNodeList evicted;

  private final int[] batch = new int[BATCH];
  private final float[] scores = new float[BATCH];

  private double margin;
  private int nextCleaning;

  /** All scanned nodes with scores from here on are in the beam or the list. */
  private float floor;

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int touched;

  /**
   * @param candidates receive the scored nodes
   * @param visits count the scored codes
   */
  QuantizedScan(SegmentCodeScorer codes, Candidates candidates, VisitCounter visits) {
    this.codes = codes;
    this.candidates = candidates;
    this.visits = visits;
    this.beam = candidates.beam;
    this.evicted = candidates.evicted;
  }

  /** Prepares for nodes that were not scanned yet. */
  void begin() {
    floor = Float.NEGATIVE_INFINITY;
    margin = Double.NaN;
    nextCleaning = FIRST_CLEANING;
  }

  /**
   * Scans nodes, and takes the best candidates. Candidates that were found before are forgotten.
   *
   * @param count the number of candidates
   * @param collector is asked whether to go on; nothing is collected or counted
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

  /** Whether nodes with this score were dropped. */
  boolean isDropped(double score) {
    return score < floor;
  }

  /**
   * Scans again to find the nodes that were dropped, down to a score.
   *
   * @param nodes those that were scanned before
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
  }

  private void collect(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (scores[i] < floor) { // NaN is not
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

  /** Raises the floor as far as the best candidates allow. */
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

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
 * Scores codes one after the other, without a graph, and keeps the best in a queue, and others that
 * may turn out to be worth reranking. For one thread.
 */
final class QuantizedScan {

  private static final int BATCH = 256;

  /**
   * How far below the worst of the best, in standard deviations of the codes' error, the others may
   * be. What is farther is scored again in the rare case that it is needed.
   */
  private static final double KEPT_DEVIATIONS = 8;

  /** So many others are kept whatever they are. */
  private static final int FIRST_CLEANING = 1 << 13;

  private final SegmentCodeScorer codes;
  private final Beam queue;
  private final ScoredNodeList others;

  private final int[] batch = new int[BATCH];
  private final float[] scores = new float[BATCH];

  private double margin;
  private int nextCleaning;

  /** All nodes that were scanned with a score from here on are in the queue or the list. */
  private float floor;

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int touched;

  /**
   * @param queue keeps the best
   * @param others receives those that were not kept
   */
  QuantizedScan(SegmentCodeScorer codes, Beam queue, ScoredNodeList others) {
    this.codes = codes;
    this.queue = queue;
    this.others = others;
  }

  /** Forgets the scans of the last query. */
  void begin() {
    floor = Float.NEGATIVE_INFINITY;
    margin = Double.NaN;
    nextCleaning = FIRST_CLEANING;
  }

  float floor() {
    return floor;
  }

  /**
   * Scans all batches.
   *
   * @param limit how many codes may be scanned
   * @param collector says when to stop; nothing is collected, nor counted
   * @param batches of nodes, each once
   * @return how many codes were scanned
   */
  long scan(long limit, KnnCollector collector, AcceptedVectors.Batches batches)
      throws IOException {
    long scanned = 0;
    while (scanned < limit && collector.earlyTerminated() == false) {
      int count = (int) Math.min(batches.next(batch), limit - scanned);
      if (count == 0) {
        break;
      }
      scanned += count;
      score(count);
      keep(count);
    }
    return scanned;
  }

  /** Scans again, for those from a score on that were too low for the list before. */
  long lowerFloor(float newFloor, KnnCollector collector, AcceptedVectors.Batches batches)
      throws IOException {
    float before = floor;
    long scanned = 0;
    while (collector.earlyTerminated() == false) {
      int count = batches.next(batch);
      if (count == 0) {
        break;
      }
      scanned += count;
      score(count);
      for (int i = 0; i < count; i++) {
        long entry = Beam.entry(batch[i], scores[i]);
        float score = Beam.score(entry);
        if (score >= newFloor && score < before) {
          others.add(entry);
        }
      }
    }
    floor = newFloor;
    return scanned;
  }

  private void score(int count) throws IOException {
    touched += codes.prefetch(batch, count);
    codes.score(count, scores);
  }

  private void keep(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      if (scores[i] < floor) { // NaN is not
        continue;
      }
      long entry = Beam.entry(batch[i], scores[i]);
      if (entry > queue.minCompetitive()) {
        long evicted = queue.collect(entry);
        if (evicted != Beam.NONE) {
          others.add(evicted);
        }
      } else {
        others.add(entry);
      }
    }
    if (others.size() >= nextCleaning) {
      clean();
      nextCleaning = Math.max(FIRST_CLEANING, 2 * others.size());
    }
  }

  /** Raises the floor as far as the best allow. */
  private void raiseFloor() throws IOException {
    long bound = queue.minCompetitive();
    if (bound == Long.MIN_VALUE) {
      return;
    }
    float score = Beam.score(bound);
    if (Double.isNaN(margin)) {
      double error = codes.error(Beam.node(bound), score);
      margin = Double.isFinite(error) ? KEPT_DEVIATIONS * error : Double.POSITIVE_INFINITY;
    }
    floor = (float) Math.max(floor, score - margin);
  }

  private void clean() throws IOException {
    raiseFloor();
    int kept = 0;
    for (int i = 0; i < others.size(); i++) {
      long entry = others.get(i);
      if (Beam.score(entry) >= floor) {
        others.set(kept++, entry);
      }
    }
    others.truncate(kept);
  }

  @Override
  public String toString() {
    return "QuantizedScan(touched " + touched + ")";
  }
}

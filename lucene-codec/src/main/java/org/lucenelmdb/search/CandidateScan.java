/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.search.KnnCollector;
import org.lucenelmdb.codes.CodesInput;
import org.lucenelmdb.graph.CandidateQueue;

/**
 * Finds the best among many codes, without a graph. Where codes have estimates of their scores,
 * these come first, of a block of codes, and then the scores of those that may be among the best:
 * of the estimates that are highest, which tell how far they are from scores, and what a score has
 * to be, and then of the others that may be so high. Of 11,600 codes of 384 dimensions less than
 * one in five is scored, for 160 candidates. For one thread.
 */
final class CandidateScan {

  private static final int BATCH = 256;
  private static final int BLOCK = 32 * BATCH;
  private static final int SAMPLE = 64;

  /** Of how many times as many candidates as are kept the scores are found first. */
  private static final int FIRST_SCORED = 2;

  /**
   * How many standard deviations a score may be above what its estimate tells. With 3.2 of them
   * more codes are scored, and of 10,000 vectors that searches should find 2 more were found.
   */
  private static final double DEVIATIONS = 2.2;

  private final CodesInput codes;
  private final CandidateQueue queue;

  private final int[] batch = new int[BATCH];
  private final float[] scores = new float[BATCH];

  // a block: its nodes, and their estimates
  private int[] nodes = {};
  private float[] estimates = {};
  private int size;

  private final float[] sample = new float[SAMPLE];
  private final float[] batchEstimates = new float[BATCH];
  private final CodeErrors errors = new CodeErrors();
  private boolean learns; // what is scored now tells how far scores are from estimates

  private KnnCollector collector;

  /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
  private int touched;

  /**
   * @param queue keeps what is found
   */
  CandidateScan(CodesInput codes, CandidateQueue queue) {
    this.codes = codes;
    this.queue = queue;
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
    this.collector = collector;
    boolean canEstimate = codes.canEstimate();
    if (canEstimate && nodes.length == 0) {
      nodes = new int[BLOCK];
      estimates = new float[BLOCK];
    }
    errors.clear();
    size = 0;
    long scanned = 0;
    while (scanned < limit && collector.earlyTerminated() == false) {
      if (size + BATCH > nodes.length) {
        keepBlock(); // it needs the batch
      }
      int count = (int) Math.min(batches.next(batch), limit - scanned);
      if (count == 0) {
        break;
      }
      scanned += count;
      touched += codes.touch(batch, count);
      if (canEstimate) {
        estimate(count);
      } else {
        codes.score(count, scores);
        keep(count);
      }
    }
    keepBlock();
    this.collector = null; // of a search that may be the last one for long
    return scanned;
  }

  /** Adds what was touched last to the block. */
  private void estimate(int count) throws IOException {
    codes.estimate(count, scores);
    for (int i = 0; i < count; i++) {
      nodes[size + i] = batch[i];
      estimates[size + i] = Float.isNaN(scores[i]) ? Float.POSITIVE_INFINITY : scores[i];
    }
    size += count;
  }

  /** Keeps the best ones of the block, which is empty then. */
  private void keepBlock() throws IOException {
    int first = FIRST_SCORED * queue.capacity();
    double low = least();
    double high = Double.NaN;
    if (low == Double.NEGATIVE_INFINITY && first < size) {
      high = quantile((double) first / size);
      learns = true;
      scoreFrom(high, Double.NaN);
      learns = false;
      low = least();
    }
    scoreFrom(low, high);
    size = 0;
  }

  /** The least estimate that may be of use; minus infinity as long as nothing is known. */
  private double least() {
    return errors.least(minScore(), DEVIATIONS);
  }

  /** What a part of the estimates exceeds, about. */
  private double quantile(double part) {
    int count = Math.min(SAMPLE, size);
    for (int i = 0; i < count; i++) {
      sample[i] = estimates[(int) ((long) i * size / count)];
    }
    Arrays.sort(sample, 0, count);
    return sample[(int) (count * (1 - part))];
  }

  /**
   * Scores those of the block with some estimates.
   *
   * @param low they are not lower
   * @param high but lower than this, if it is a number
   */
  private void scoreFrom(double low, double high) throws IOException {
    int count = 0;
    for (int i = 0; i < size; i++) {
      float estimate = estimates[i];
      if (estimate < low || estimate >= high) {
        continue;
      }
      batch[count] = nodes[i];
      batchEstimates[count++] = estimate;
      if (count == BATCH) {
        scoreBatch(count);
        count = 0;
      }
    }
    scoreBatch(count);
  }

  private void scoreBatch(int count) throws IOException {
    if (count == 0 || collector.earlyTerminated()) {
      return;
    }
    touched += codes.touch(batch, count);
    codes.score(count, scores);
    for (int i = 0; i < count && learns; i++) {
      errors.add(batchEstimates[i], scores[i]);
    }
    keep(count);
  }

  private void keep(int count) {
    float min = minScore();
    for (int i = 0; i < count; i++) {
      if (scores[i] < min) { // NaN is not
        continue;
      }
      long entry = CandidateQueue.entry(batch[i], scores[i]);
      if (entry > queue.bound()) {
        queue.keep(entry);
        min = minScore();
      }
    }
  }

  /** What scores less is of no use. */
  private float minScore() {
    long bound = queue.bound();
    return bound == Long.MIN_VALUE ? Float.NEGATIVE_INFINITY : CandidateQueue.score(bound);
  }

  long ramBytesUsed() {
    return (long) nodes.length * (Integer.BYTES + Float.BYTES);
  }

  @Override
  public String toString() {
    return "CandidateScan(touched " + touched + ")";
  }
}

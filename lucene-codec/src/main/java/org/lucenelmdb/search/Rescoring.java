/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.search;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.graph.CandidateQueue;

/**
 * Scores candidates by their vectors and collects them, the best ones first, and learns from that
 * how much codes tell: whether more candidates are worth it. For one thread, and one query after
 * the other.
 */
final class Rescoring {

  /**
   * Of what is asked for, so much may be expected to be missed for want of candidates. With it
   * searches for 10 of 116,000 vectors recall 98.6 % of one half of them, rescoring 59, and 99.5 %
   * of a tenth, rescoring 65.
   */
  private static final double MISSED_PART = 0.007;

  /** How many candidates are scored at once after the first ones. */
  private static final int MORE = 16;

  private final CandidateSearch candidates;
  private final VectorPrefetch prefetch;
  private final CodeErrors errors = new CodeErrors();

  private KnnVectorValues values;
  private RandomVectorScorer exact;
  private KnnCollector collector;

  private long[] done = new long[0]; // candidates that were scored, ascending
  private int doneSize;
  private int[] doneOrds = new int[0]; // in no order

  // those that are scored together
  private long[] batch = new long[0];
  private int[] ords = new int[0];
  private long[] addresses = new long[0];
  private float[] scores = new float[0];

  /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
  private int touched;

  /**
   * @param candidates finds them
   */
  Rescoring(CandidateSearch candidates, VectorPrefetch prefetch) {
    this.candidates = candidates;
    this.prefetch = prefetch;
  }

  /**
   * Begins a search.
   *
   * @param exact scores the vectors
   * @param collector gets the scores
   */
  void begin(KnnVectorValues values, RandomVectorScorer exact, KnnCollector collector) {
    this.values = values;
    this.exact = exact;
    this.collector = collector;
    errors.clear();
    doneSize = 0;
  }

  /**
   * Scores those candidates that a walk has found for sure.
   *
   * @param next the best one whose neighbours it does not know yet
   * @return what the walk need not go below; the least of all longs if it has to go on
   */
  long enough(long next) throws IOException {
    long[] sorted = candidates.sorted();
    int count = candidates.found();
    int from = count;
    while (from > 0 && sorted[from - 1] > next) {
      from--;
    }
    score(sorted, from, count);
    int worthwhile = worthwhile(sorted, count, false);
    return worthwhile == count ? Long.MIN_VALUE : sorted[count - 1 - worthwhile];
  }

  /**
   * Scores the best candidates, and more of them as long as there may be some to collect among the
   * others.
   *
   * @param first how many at least; if there are no more, it is not asked whether they are enough
   * @param isAll whether there are no others than those that were found
   * @return whether those that were found are enough
   */
  boolean scoreWorthwhile(int first, boolean isAll) throws IOException {
    long[] sorted = candidates.sorted();
    int count = candidates.found();
    int scored = Math.min(first, count);
    score(sorted, count - scored, count);
    int worthwhile = scored;
    while (scored < count) {
      worthwhile = worthwhile(sorted, count, isAll);
      if (worthwhile <= scored) {
        return true;
      }
      int to = Math.min(worthwhile, scored + MORE);
      score(sorted, count - to, count - scored);
      scored = to;
    }
    return isAll || first >= count || worthwhile(sorted, count, false) < count;
  }

  /** Scores some candidates, but those that were scored before. */
  private void score(long[] sorted, int from, int to) throws IOException {
    batch = ArrayUtil.growNoCopy(batch, to - from);
    int count = 0;
    for (int i = from; i < to; i++) {
      if (doneSize == 0 || Arrays.binarySearch(done, 0, doneSize, sorted[i]) < 0) {
        batch[count++] = sorted[i];
      }
    }
    if (count == 0) {
      return;
    }
    ords = ArrayUtil.growNoCopy(ords, count);
    for (int i = 0; i < count; i++) {
      ords[i] = candidates.ordinal(CandidateQueue.node(batch[i]));
    }
    addresses = ArrayUtil.growNoCopy(addresses, count);
    touched += prefetch.fetch(values, ords, count, addresses);
    scores = ArrayUtil.grow(scores, count);
    exact.bulkScore(ords, scores, count);
    for (int i = 0; i < count; i++) {
      errors.add(CandidateQueue.score(batch[i]), scores[i]);
      collector.collect(exact.ordToDoc(ords[i]), scores[i]);
    }
    doneOrds = ArrayUtil.grow(doneOrds, doneSize + count);
    System.arraycopy(ords, 0, doneOrds, doneSize, count);
    done = ArrayUtil.grow(done, doneSize + count);
    System.arraycopy(batch, 0, done, doneSize, count);
    doneSize += count;
    Arrays.sort(done, 0, doneSize);
  }

  /**
   * How many of the best candidates are to be scored, so that hardly any of the others would have
   * been collected: as many as it takes until the probabilities of the others add up to little.
   */
  private int worthwhile(long[] sorted, int count, boolean isAll) {
    float least = collector.minCompetitiveSimilarity();
    double misses = MISSED_PART * collector.k();
    double expected = 0;
    for (int i = 0; i < count; i++) {
      double probability = errors.exceeds(CandidateQueue.score(sorted[i]), least);
      expected += probability;
      if (i == 0 && isAll == false) {
        expected += probability * count; // of those that were not found, as if they were as many
      }
      if (expected > misses) {
        return count - i;
      }
    }
    return 0;
  }

  /**
   * Ends a search. That no document was collected twice is checked, as that would be too much for
   * Lucene.
   *
   * @param resource where the ordinals come from
   * @return how many candidates were scored
   */
  int end(Object resource) throws CorruptIndexException {
    Arrays.sort(doneOrds, 0, doneSize);
    for (int i = 1; i < doneSize; i++) {
      if (doneOrds[i] == doneOrds[i - 1]) {
        throw new CorruptIndexException(
            "ordinal " + doneOrds[i] + " should be that of one node; found two",
            resource.toString());
      }
    }
    values = null; // of a search that may be the last one for long
    exact = null;
    collector = null;
    return doneSize;
  }

  long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(done)
        + RamUsageEstimator.sizeOf(doneOrds)
        + RamUsageEstimator.sizeOf(batch)
        + RamUsageEstimator.sizeOf(ords)
        + RamUsageEstimator.sizeOf(addresses)
        + RamUsageEstimator.sizeOf(scores);
  }

  @Override
  public String toString() {
    return "Rescoring(" + doneSize + " vectors, touched " + touched + ")";
  }
}

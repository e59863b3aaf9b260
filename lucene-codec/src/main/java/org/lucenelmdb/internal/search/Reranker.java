/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Scores candidates by their vectors and collects them, and learns from that which others are worth
 * reranking. For one thread, and one query after the other.
 */
final class Reranker {

  /**
   * The tolerance applies to candidates that are less likely than this. There may be many of them;
   * of others, so small a part of it may be missed.
   */
  private static final double UNLIKELY = 0.03;

  private static final double LIKELY_PART = 0.1;

  /**
   * Of the first candidates, the best part is not learned from: a vector that is equal to the
   * query, or nearly, would make the line of the model much steeper than it is where candidates
   * compete.
   */
  private static final double NOT_LEARNED = 0.2;

  /** Vectors that are scored between two questions to the collector. */
  private static final int BATCH = 64;

  /** From this many standard deviations on, a gain is too unlikely to be counted. */
  private static final double MAX_DEVIATIONS = 3.5;

  private static final int BUCKETS_PER_DEVIATION = 8;
  private static final double MIN_DEVIATIONS = -1;
  private static final int BUCKETS =
      (int) ((MAX_DEVIATIONS - MIN_DEVIATIONS) * BUCKETS_PER_DEVIATION) + 1;

  /** The probability of an error above the middle of a bucket. */
  private static final double[] PROBABILITIES = probabilities();

  /** The error is averaged over this many of the first candidates. */
  private static final int PRIOR_CANDIDATES = 4;

  private final QuantizedTraversal candidates;
  private final VectorPrefetch prefetch;
  private final VectorMetric metric;
  private final ScoreErrorModel errors = new ScoreErrorModel();
  private final int[] buckets = new int[BUCKETS];
  private final ScoredNodeList done = new ScoredNodeList(); // in no order, or sorted
  private boolean isSorted;

  private KnnVectorValues values;
  private RandomVectorScorer exact;
  private KnnCollector collector;
  private float threshold;

  // those that are scored together
  private final int[] ords = new int[BATCH];
  private final long[] addresses = new long[BATCH];
  private final float[] scores = new float[BATCH];
  private int[] doneOrds = new int[0];

  /** Entries behind this index are not learned from. */
  private int learnsFrom;

  private int worthwhile;

  /** How many vectors had been scored when the collector first had enough; 0 if it never has. */
  private int met;

  /** How many scores reached the threshold. */
  private int exceeding;

  // how much of k may be missed, and is expected to be
  private double tolerance;
  private double likelyTolerance;
  private double expectedMissed;

  // the candidate with the least score that was reranked last
  private float leastCode;
  private double leastCodeSimilarity;

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int touched;

  /**
   * @param candidates finds them
   */
  Reranker(QuantizedTraversal candidates, VectorPrefetch prefetch, VectorMetric metric) {
    this.candidates = candidates;
    this.prefetch = prefetch;
    this.metric = metric;
  }

  /** By Börjesson and Sundberg, Simple approximations of the error function Q(x), 1979. */
  private static double[] probabilities() {
    double[] probabilities = new double[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      double x = MIN_DEVIATIONS + (i + 0.5) / BUCKETS_PER_DEVIATION;
      double y = Math.abs(x);
      double tail =
          Math.exp(-y * y / 2)
              / Math.sqrt(2 * Math.PI)
              / (0.661 * y + 0.339 * Math.sqrt(y * y + 5.51));
      probabilities[i] = x > 0 ? tail : 1 - tail;
    }
    return probabilities;
  }

  /**
   * Begins a search.
   *
   * @param exact scores the vectors
   * @param collector gets the scores
   * @param tolerance the part of k that may be expected to be missed, where the graph misses some,
   *     too
   */
  void begin(
      KnnVectorValues values, RandomVectorScorer exact, KnnCollector collector, double tolerance) {
    this.values = values;
    this.exact = exact;
    this.collector = collector;
    this.threshold = Collectors.threshold(collector);
    this.tolerance = tolerance;
    this.likelyTolerance = LIKELY_PART * tolerance;
    this.expectedMissed = 0;
    this.met = 0;
    this.exceeding = 0;
    errors.clear();
    done.clear();
    isSorted = false;
    leastCode = Float.POSITIVE_INFINITY;
    leastCodeSimilarity = Double.NEGATIVE_INFINITY;
  }

  /** Sets how much of k may be missed of candidates, however likely each is. */
  void setTolerance(double part) {
    tolerance = part;
    likelyTolerance = part;
  }

  /** The part of k that is expected to be missed among what was found, but not reranked. */
  double expectedMissed() {
    return expectedMissed;
  }

  /**
   * How many vectors had been scored when the collector first had enough, 0 if it never has; with a
   * threshold, how many exceed it.
   */
  int met() {
    return Float.isNaN(threshold) ? met : exceeding;
  }

  /** How many results there should be. */
  private int wanted() {
    return Float.isNaN(threshold) ? collector.k() : Math.max(RecallCurve.FEW, exceeding);
  }

  /**
   * The least of some candidates that were found but not reranked.
   *
   * @param atMost so many of them, at least 1
   * @return {@link Long#MAX_VALUE} if there is none
   */
  long leastRemaining(int atMost) throws IOException {
    ScoredNodeList remaining = candidates.remaining(Double.NEGATIVE_INFINITY);
    int size = remaining.size();
    return size == 0 ? Long.MAX_VALUE : remaining.largest(Math.min(size, atMost));
  }

  /** How many vectors were scored. */
  int count() {
    return done.size();
  }

  /**
   * Scores and collects candidates, as long as the collector wants more.
   *
   * @param entries each once, and none that was reranked before; are sorted
   */
  void rerank(long[] entries, int size) throws IOException {
    Arrays.sort(entries, 0, size);
    if (done.size() == 0 && size > 0) {
      learnPrior(entries, size);
    }
    int to = size;
    int skipped = done.size() == 0 ? (int) (size * NOT_LEARNED) : 0;
    learnsFrom = size - skipped;
    int wanted;
    int count;
    do {
      wanted = Math.min(BATCH, to);
      count = 0;
      while (count < wanted && collector.earlyTerminated() == false) { // asked for each vector
        count++;
      }
      rerankBatch(entries, to - count, to);
      to -= count;
    } while (to > 0 && count == wanted);
  }

  private void learnPrior(long[] entries, int size) throws IOException {
    int from = Math.max(0, size - PRIOR_CANDIDATES);
    double squares = 0;
    for (int i = from; i < size; i++) {
      double error = candidates.error(Beam.node(entries[i]), Beam.score(entries[i]));
      squares += error * error;
    }
    double deviation = Math.sqrt(squares / (size - from));
    errors.setPrior(Double.isFinite(deviation) ? deviation : 0);
  }

  private void rerankBatch(long[] entries, int from, int to) throws IOException {
    int count = to - from;
    if (count == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      ords[i] = candidates.ordinal(Beam.node(entries[to - 1 - i]));
    }
    touched += prefetch.fetch(values, ords, count, addresses);
    exact.bulkScore(ords, scores, count);
    for (int i = 0; i < count; i++) {
      float code = Beam.score(entries[to - 1 - i]);
      double similarity = metric.similarity(scores[i], values.getEncoding(), values.dimension());
      if (to - 1 - i < learnsFrom) {
        errors.add(code, similarity);
      }
      if (code <= leastCode) {
        leastCode = code;
        leastCodeSimilarity = similarity;
      }
      exceeding += scores[i] >= threshold ? 1 : 0;
      if (Float.isNaN(scores[i]) == false) {
        collector.collect(exact.ordToDoc(ords[i]), scores[i]);
      }
    }
    done.addAll(entries, from, to);
    isSorted = false;
    if (met == 0 && collector.minCompetitiveSimilarity() >= 0) {
      met = done.size();
    }
  }

  /**
   * Which of the candidates that were found but not reranked are worth it.
   *
   * @param atMost so many of them
   * @return the least entry that is; {@link Long#MAX_VALUE} if none is
   */
  long leastWorthwhile(int atMost) throws IOException {
    double least = leastSimilarity();
    double cut = leastScore();
    ScoredNodeList remaining = candidates.remaining(cut);
    int size = remaining.size();
    expectedMissed = 0;
    if (size == 0) {
      return Long.MAX_VALUE;
    }
    worthwhile = size;
    if (least > Double.NEGATIVE_INFINITY) { // else the collector takes any
      worthwhile = worthwhile(remaining, least);
      if (worthwhile == 0) {
        return Long.MAX_VALUE;
      }
    }
    return remaining.largest(Math.min(worthwhile, Math.max(1, atMost)));
  }

  /** What a vector has to exceed. */
  private double leastSimilarity() {
    float least =
        Float.isNaN(threshold)
            ? collector.minCompetitiveSimilarity()
            : Math.nextDown(threshold); // what reaches it counts
    return least < 0 // no score is
        ? Double.NEGATIVE_INFINITY
        : metric.similarity(least, values.getEncoding(), values.dimension());
  }

  /** The least score with which a candidate may be worth it. */
  double leastScore() {
    return errors.code(leastSimilarity(), MAX_DEVIATIONS);
  }

  /** How many candidates were worthwhile when {@link #leastWorthwhile} was asked last. */
  int worthwhileCount() {
    return worthwhile;
  }

  /** How many of the best of some candidates are worth to be reranked. */
  private int worthwhile(ScoredNodeList remaining, double least) {
    Arrays.fill(buckets, 0);
    for (int i = 0; i < remaining.size(); i++) {
      float code = Beam.score(remaining.get(i));
      if (code == leastCode && leastCodeSimilarity <= least) {
        continue; // a copy of a vector that is known, and not good enough
      }
      double deviations = errors.deviations(code, least);
      int bucket = (int) ((deviations - MIN_DEVIATIONS) * BUCKETS_PER_DEVIATION);
      buckets[Math.max(0, Math.min(BUCKETS - 1, bucket))]++;
    }
    double unseen = candidates.unseenFactor();
    double few = wanted() * likelyTolerance;
    double many = wanted() * tolerance;
    double missed = 0;
    int omitted = 0;
    for (int bucket = BUCKETS - 1; bucket >= 0; bucket--) {
      double allowed = PROBABILITIES[bucket] < UNLIKELY ? many : few;
      double more = missed + unseen * buckets[bucket] * PROBABILITIES[bucket];
      if (more > allowed) {
        omitted += (int) (Math.max(0, allowed - missed) / (more - missed) * buckets[bucket]);
        break;
      }
      missed = more;
      omitted += buckets[bucket];
    }
    expectedMissed = missed / wanted();
    int counted = 0;
    for (int count : buckets) {
      counted += count;
    }
    return counted - omitted;
  }

  /** Whether a candidate was reranked. */
  boolean isDone(long entry) {
    if (isSorted == false) {
      Arrays.sort(done.array(), 0, done.size());
      isSorted = true;
    }
    return done.size() > 0 && Arrays.binarySearch(done.array(), 0, done.size(), entry) >= 0;
  }

  /** The ordinals that were reranked, ascending, up to {@link #count}. */
  int[] sortedOrds() throws IOException {
    doneOrds = ArrayUtil.growNoCopy(doneOrds, done.size());
    for (int i = 0; i < done.size(); i++) {
      doneOrds[i] = candidates.ordinal(Beam.node(done.get(i)));
    }
    Arrays.sort(doneOrds, 0, done.size());
    return doneOrds;
  }

  /**
   * Ends a search. That no document was collected twice is checked, as Lucene relies on it.
   *
   * @param resource where the ordinals come from
   * @return how many candidates were scored
   */
  int end(Object resource) throws IOException {
    int[] sorted = sortedOrds();
    for (int i = 1; i < done.size(); i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new CorruptIndexException(
            "ordinal " + sorted[i] + " should be that of one node; found two", resource.toString());
      }
    }
    values = null; // not to be kept until the next search
    exact = null;
    collector = null;
    return done.size();
  }

  long ramBytesUsed() {
    return done.ramBytesUsed() + RamUsageEstimator.sizeOf(doneOrds);
  }

  @Override
  public String toString() {
    return "Reranker(" + done.size() + " vectors, touched " + touched + ")";
  }
}

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
import org.lucenelmdb.internal.codes.SegmentCodeScorer;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.offheap.RecordPrefetch;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Scores candidates by their vectors and collects them. It passes the errors of codes to a {@link
 * RerankPolicy}, and the scores to {@link CollectorNeeds}. For one thread; reusable for one search
 * after another.
 */
final class Reranker {

  /** The number of vectors that are scored at once. */
  private static final int BATCH = 64;

  private final SegmentCodeScorer codes;
  private final VectorPrefetch prefetch;
  private final VectorMetric metric;
  private final RerankPolicy policy;
  private final ScoredNodeList done = new ScoredNodeList(); // unordered, unless isSorted
  private boolean isSorted;

  private KnnVectorValues values;
  private RandomVectorScorer exact;
  private KnnCollector collector;
  private CollectorNeeds needs;

  // the batch
  private final int[] ords = new int[BATCH];
  private final float[] scores = new float[BATCH];
  private int[] doneOrds = new int[0];

  /** The index from which the policy ignores the errors of entries. */
  private int learnedTo;

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int touched;

  Reranker(
      SegmentCodeScorer codes, VectorPrefetch prefetch, VectorMetric metric, RerankPolicy policy) {
    this.codes = codes;
    this.prefetch = prefetch;
    this.metric = metric;
    this.policy = policy;
  }

  /**
   * Begins a search.
   *
   * @param exact scores the vectors
   * @param needs the needs of the collector
   */
  void begin(KnnVectorValues values, RandomVectorScorer exact, CollectorNeeds needs) {
    this.values = values;
    this.exact = exact;
    this.collector = needs.collector;
    this.needs = needs;
    done.clear();
    isSorted = false;
  }

  /** The reads of vectors from a disk; null if the vectors are not mapped. */
  RecordPrefetch reads() {
    return prefetch.reads();
  }

  /** The number of vectors that were scored. */
  int count() {
    return done.size();
  }

  /** The similarity that a vector has to exceed; negative infinity for any vector. */
  double minSimilarity() {
    float min = needs.minCompetitiveSimilarity();
    return min < 0 // a minimum below all scores
        ? Double.NEGATIVE_INFINITY
        : metric.similarity(min, values.getEncoding(), values.dimension());
  }

  /**
   * Scores and collects candidates until the collector terminates early.
   *
   * @param entries distinct entries that were not reranked before; sorted by this method
   */
  void rerank(long[] entries, int size) throws IOException {
    Arrays.sort(entries, 0, size);
    if (done.size() == 0 && size > 0) {
      learnPrior(entries, size);
    }
    int to = size;
    int skipped = done.size() == 0 ? (int) (size * SearchHeuristics.NOT_LEARNED) : 0;
    learnedTo = size - skipped;
    int wanted;
    int count;
    do {
      wanted = Math.min(BATCH, to);
      count = 0;
      while (count < wanted && collector.earlyTerminated() == false) { // called for each vector
        count++;
      }
      rerankBatch(entries, to - count, to);
      to -= count;
    } while (to > 0 && count == wanted);
  }

  private void learnPrior(long[] entries, int size) throws IOException {
    int from = Math.max(0, size - SearchHeuristics.PRIOR_CANDIDATES);
    double squares = 0;
    for (int i = from; i < size; i++) {
      double error = codes.error(Beam.node(entries[i]), Beam.score(entries[i]));
      squares += error * error;
    }
    double deviation = Math.sqrt(squares / (size - from));
    policy.setPrior(Double.isFinite(deviation) ? deviation : 0);
  }

  private void rerankBatch(long[] entries, int from, int to) throws IOException {
    int count = to - from;
    if (count == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      ords[i] = codes.ordinal(Beam.node(entries[to - 1 - i]));
    }
    touched += prefetch.prefetch(values, ords, count);
    exact.bulkScore(ords, scores, count);
    int collected = 0;
    for (int i = 0; i < count; i++) {
      float score = scores[i];
      double similarity = metric.similarity(score, values.getEncoding(), values.dimension());
      policy.add(Beam.score(entries[to - 1 - i]), similarity, to - 1 - i < learnedTo);
      if (Float.isNaN(score) == false) {
        collector.collect(exact.ordToDoc(ords[i]), score);
        scores[collected++] = score;
      }
    }
    done.addAll(entries, from, to);
    isSorted = false;
    needs.collected(scores, collected, done.size());
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
      doneOrds[i] = codes.ordinal(Beam.node(done.get(i)));
    }
    Arrays.sort(doneOrds, 0, done.size());
    return doneOrds;
  }

  /**
   * Ends a search.
   *
   * @param resource the source of the ordinals
   * @return the number of vectors that were scored
   * @throws CorruptIndexException if a document was collected twice. Lucene relies on distinct
   *     documents
   */
  int end(Object resource) throws IOException {
    int[] sorted = sortedOrds();
    for (int i = 1; i < done.size(); i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw new CorruptIndexException(
            "ordinal " + sorted[i] + " should be that of one node; found two", resource.toString());
      }
    }
    values = null; // not kept until the next search
    exact = null;
    collector = null;
    needs = null;
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

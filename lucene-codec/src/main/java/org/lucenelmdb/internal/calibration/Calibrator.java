/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.search.CalibrationSearcher;
import org.lucenelmdb.internal.search.HeldOutNodes;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Measures the recall curve of a field in a segment. The queries are {@linkplain Holdout held-out}
 * vectors. They search the graph as it was before these vectors were inserted. A vector in the
 * graph would be too easy a query, because its neighbors have links to it. The true nearest vectors
 * are found by comparing a query with all vectors.
 */
public final class Calibrator {

  /**
   * The minimum number of vectors of a field for which recall is measured. With fewer, a scan takes
   * little longer than a traversal, so searches need no measured effort.
   */
  public static final int MIN_VECTORS = 1000;

  private static final int MAX_QUERIES = 160;
  private static final int MIN_QUERIES = 32;

  /**
   * The number of vectors per query. Small graphs are built fast, so fewer queries are measured for
   * them.
   */
  private static final int VECTORS_PER_QUERY = 150;

  /**
   * The minimum number of held-out vectors. Part of them is a reserve for data on which the first
   * queries are inconclusive. If every search finds certain vectors and almost no search finds the
   * others, as among 4,000 sparse vectors of 128 dimensions, the recall measured by 32 queries
   * varies by 0.05.
   */
  private static final int MIN_HELD_OUT = 96;

  /** The standard error of a recall above which the reserved queries are measured as well. */
  private static final double MAX_STANDARD_ERROR = 0.03;

  /**
   * The recall of a single query below which the reserved queries are measured as well. If a query
   * misses more than half of its results, other queries may miss all of theirs, and a few queries
   * show neither the share of such queries nor the standard error. With sparse vectors in a merged
   * segment, 32 queries showed a recall of 0.95 where it was 0.76.
   */
  private static final double MIN_WORST = 0.5;

  /** The recall below which an effort is useless, so that the standard error does not matter. */
  private static final double MIN_USEFUL_RECALL = 0.7;

  /** One query in this many also measures the recall of {@link RecallCurve#MANY} results. */
  private static final int QUERIES_PER_MANY = 8;

  /** One query in this many measures the efforts that only hard data need. */
  private static final int QUERIES_PER_MORE = 2;

  /**
   * Once recall has reached {@link #HIGH_RECALL}, one query in this many measures the efforts that
   * only hard data need.
   */
  private static final int QUERIES_PER_MORE_AT_HIGH_RECALL = 4;

  private static final double HIGH_RECALL = 0.97;

  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final Holdout holdout;
  private final CalibrationSearcher search;
  private final HeldOutNodes hidden;
  private final Workers workers;
  private final LastPoint few = new LastPoint(RecallCurve.FEW);
  private final LastPoint many = new LastPoint(RecallCurve.MANY);
  private final List<RecallCurve.Point> points = new ArrayList<>();

  private Calibrator(
      KnnVectorValues values,
      VectorMetric metric,
      Holdout holdout,
      CalibrationSearcher search,
      Workers workers)
      throws IOException {
    this.values = values;
    this.metric = metric;
    this.holdout = holdout;
    this.search = search;
    this.hidden = search.hidden(holdout);
    this.workers = workers;
  }

  /** Returns the number of nodes to hold out of a graph of a given number of vectors. */
  public static int heldOut(int vectors) {
    return vectors < MIN_VECTORS ? 0 : Math.max(MIN_HELD_OUT, firstQueries(vectors));
  }

  /** Returns the number of queries that are not reserved. */
  private static int firstQueries(int vectors) {
    return Math.max(MIN_QUERIES, Math.min(MAX_QUERIES, vectors / VECTORS_PER_QUERY));
  }

  /**
   * Measures a recall curve.
   *
   * @param values all vectors of the field
   * @param holdout the held-out nodes of the field's graph
   * @param search searches the same field
   * @return null if there are no queries
   */
  public static RecallCurve measure(
      KnnVectorValues values,
      VectorMetric metric,
      Holdout holdout,
      CalibrationSearcher search,
      Workers workers)
      throws IOException {
    return new Calibrator(values, metric, holdout, search, workers).measure();
  }

  private RecallCurve measure() throws IOException {
    int[] ordinals = shuffled();
    int first = Math.min(ordinals.length, firstQueries(values.size()));
    List<CalibrationQuery> queries = queries(Arrays.copyOf(ordinals, first));
    if (queries.isEmpty()) {
      return null;
    }
    CalibrationEfforts efforts = CalibrationEfforts.of(search.isOnCodes());
    Sums sums = new Sums(efforts.usual().length);
    measure(queries, efforts.usual(), sums);
    if (first < ordinals.length && sums.isInconclusive()) {
      List<CalibrationQuery> reserve =
          queries(Arrays.copyOfRange(ordinals, first, ordinals.length));
      measure(reserve, efforts.usual(), sums);
      queries.addAll(reserve);
    }
    addPoints(efforts.usual(), sums);
    for (float[] effort : efforts.more()) {
      if (few.isEnough && many.isEnough) {
        break;
      }
      measureMore(queries, effort);
    }
    return new RecallCurve(points);
  }

  /** Measures an effort that only hard data need, with a subset of the queries. */
  private void measureMore(List<CalibrationQuery> queries, float[] effort) throws IOException {
    int divisor = few.recall < HIGH_RECALL ? QUERIES_PER_MORE : QUERIES_PER_MORE_AT_HIGH_RECALL;
    int count = (queries.size() + divisor - 1) / divisor;
    float[][] efforts = {effort};
    Sums sums = new Sums(1);
    measure(queries.subList(0, count), efforts, sums);
    addPoints(efforts, sums);
  }

  /** The last point of the curve for one k. */
  private static final class LastPoint {
    final int k;
    float recall;
    float expandedNodes;
    boolean isEnough; // more effort is not measured

    LastPoint(int k) {
      this.k = k;
    }

    void set(RecallSums sums, int size) {
      if (sums.isEmpty() == false) {
        recall = sums.recall();
        expandedNodes = sums.expandedNodes(k);
        isEnough = sums.isEnough(size);
      }
    }
  }

  /** The sums of several efforts. */
  private record Sums(RecallSums[] few, RecallSums[] many) {

    Sums(int efforts) {
      this(RecallSums.create(efforts), RecallSums.create(efforts));
    }

    /** Returns whether another sample of queries could give another result. */
    boolean isInconclusive() {
      return Arrays.stream(few)
          .anyMatch(
              sums ->
                  sums.mean() >= MIN_USEFUL_RECALL
                      && (sums.standardError() > MAX_STANDARD_ERROR || sums.worst() < MIN_WORST));
    }
  }

  private QuerySearcher newSearcher() throws IOException {
    return new QuerySearcher(values, metric, holdout, search, hidden);
  }

  private void measure(List<CalibrationQuery> queries, float[][] efforts, Sums sums)
      throws IOException {
    workers.forEach(
        "recall",
        queries.size(),
        () -> {
          QuerySearcher searcher = newSearcher();
          return i -> {
            CalibrationQuery query = queries.get(i);
            searcher.setTarget(query.ordinal());
            for (int j = 0; j < efforts.length; j++) {
              workers.check();
              if (few.isEnough == false) {
                searcher.measure(few.k, efforts[j], query.minScoreOfFew(), sums.few[j]);
              }
              if (query.isForMany() && many.isEnough == false) {
                searcher.measure(many.k, efforts[j], query.minScoreOfMany(), sums.many[j]);
              }
            }
          };
        });
  }

  private void addPoints(float[][] efforts, Sums sums) {
    for (int i = 0; i < efforts.length; i++) {
      few.set(sums.few[i], values.size());
      many.set(sums.many[i], values.size());
      boolean isMeasured = many.expandedNodes > 0; // otherwise the recall of few results is used
      points.add(
          new RecallCurve.Point(
              efforts[i][0],
              efforts[i][1],
              few.recall,
              few.expandedNodes,
              isMeasured ? many.recall : few.recall,
              isMeasured ? many.expandedNodes : few.expandedNodes));
    }
    many.isEnough |= many.expandedNodes == 0;
  }

  /**
   * Returns the held-out ordinals in random order, because only the first ones measure everything.
   */
  private int[] shuffled() {
    List<Integer> shuffled = new ArrayList<>();
    for (int ordinal : holdout.ordinals()) {
      shuffled.add(ordinal);
    }
    Collections.shuffle(shuffled, new Random(values.size()));
    return shuffled.stream().mapToInt(Integer::intValue).toArray();
  }

  private List<CalibrationQuery> queries(int[] ordinals) throws IOException {
    CalibrationQuery[] queries = new CalibrationQuery[ordinals.length];
    int k = Math.min(RecallCurve.MANY, values.size() - holdout.size());
    if (search.isOnCodes()) {
      workers.forEach(
          "nearest",
          ordinals.length,
          () -> {
            QuerySearcher searcher = newSearcher();
            return i -> queries[i] = searcher.query(ordinals[i], i % QUERIES_PER_MANY == 0 ? k : 0);
          });
    } else {
      int[][] nearest = NearestVectors.find(values, metric, holdout, ordinals, k, workers);
      UpdateableRandomVectorScorer scorer = metric.scorers(values.copy()).scorer();
      for (int i = 0; i < queries.length; i++) {
        scorer.setScoringOrdinal(ordinals[i]);
        float minScoreOfFew = scorer.score(nearest[i][RecallCurve.FEW - 1]);
        float minScoreOfMany =
            i % QUERIES_PER_MANY == 0 ? scorer.score(nearest[i][k - 1]) : Float.NaN;
        queries[i] = new CalibrationQuery(ordinals[i], minScoreOfFew, minScoreOfMany);
      }
    }
    return Arrays.stream(queries).filter(Objects::nonNull).collect(Collectors.toList());
  }
}

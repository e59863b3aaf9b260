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
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.search.CalibrationSearcher;
import org.lucenelmdb.internal.search.Effort;
import org.lucenelmdb.internal.search.HeldOutNodes;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.search.SearchReport;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Measures the recall curve of a field in a segment. The queries are vectors of the segment whose
 * nodes were {@linkplain Holdout held out} of the graph: they are searched for in the graph as it
 * was without them. A vector that is in the graph would be an easier query than others, as its
 * neighbors are linked to it. What is nearest to a query is found by comparing it with all.
 */
public final class Calibrator {

  /** In fewer vectors, what is usual will do: a search is quick anyhow. */
  public static final int MIN_VECTORS = 2000;

  private static final int MAX_QUERIES = 160;
  private static final int MIN_QUERIES = 32;

  /** Vectors for each query: a small graph is built quickly, so it gets fewer queries. */
  private static final int VECTORS_PER_QUERY = 150;

  /**
   * As many are held out at least, for data on which the first ones do not say enough. Where some
   * vectors are found by every search and others by hardly any (4,000 sparse ones of 128
   * dimensions), what 32 queries measure differs by 0.05 from sample to sample.
   */
  private static final int MIN_HELD_OUT = 96;

  /** If a recall's standard error is more, the rest of the queries are measured as well. */
  private static final double MAX_STANDARD_ERROR = 0.03;

  /** A recall that is too little for any use; that its error is large does not matter. */
  private static final double LITTLE = 0.7;

  /** One query in this many also measures the recall of many neighbors. */
  private static final int MANY_PART = 8;

  /** One query in this many measures efforts that only some data take; */
  private static final int MORE_PART = 2;

  /** one in this many does from a recall of {@link #MANY_MISSED} on. */
  private static final int FEW_MISSED_PART = 4;

  private static final double MANY_MISSED = 0.97;

  /** Added to the number of vectors that were missed: that none were does not say that none are. */
  private static final double DOUBT = 0.5;

  /** Of few misses the standard error is large, but no more is added to them than this part. */
  private static final double MAX_ERROR = 0.5;

  /**
   * The scan for the nearest vectors finds this many more than k, or k divided by {@link
   * #SPARE_PART}, as held-out vectors are among them, the query itself included.
   */
  private static final int MIN_SPARE = 8;

  private static final int SPARE_PART = 6;

  /** Scores that are computed together differ by so much from single ones. */
  private static final float ROUNDING = 1e-6f;

  /** A recall that suffices for the highest target, 0.999: more effort is not measured. */
  private static final double ENOUGH = 0.9995;

  /** A traversal that scores this part of all is no better than a scan. */
  private static final double NO_BETTER = 0.5;

  /** A tolerance that no query exceeds: the errors of codes do not extend a traversal. */
  private static final float NO_TOLERANCE = 10_000;

  /**
   * The efforts on codes, from the least on: first few candidates, then less tolerance, or both.
   */
  private static final float[][] ON_CODES = {
    {0.8f, NO_TOLERANCE},
    {1, 3},
    {1, 0.5f},
    {1, 0.05f},
    {1.1f, 0.0125f},
    {1.5f, 0.003f},
    {3, 0.0015f},
  };

  /** Those that only some data take. */
  private static final float[][] MORE_ON_CODES = {
    {6, 0.001f}, {12, 0.0005f}, {24, 0.0005f}, {64, 0.0005f}
  };

  private static final float[][] ON_VECTORS = {
    {1.1f, 1}, {1.4f, 1}, {1.8f, 1}, {2.4f, 1}, {3.2f, 1}, {4.5f, 1}, {6, 1}
  };

  private static final float[][] MORE_ON_VECTORS = {{10, 1}, {20, 1}, {40, 1}, {80, 1}};

  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final Holdout holdout;
  private final CalibrationSearcher search;
  private final HeldOutNodes hidden;
  private final Workers workers;

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

  /**
   * A query, and the scores of what it should find: what is as near as another is as good.
   *
   * @param leastOfFew the score of the last one of the few
   * @param leastOfMany that of the many; not a number if it is a query for few only
   */
  private record Query(int ordinal, float leastOfFew, float leastOfMany) {

    boolean isForMany() {
      return Float.isNaN(leastOfMany) == false;
    }
  }

  /** The number of nodes to hold out of a graph of so many vectors. */
  public static int heldOut(int vectors) {
    return vectors < MIN_VECTORS ? 0 : Math.max(MIN_HELD_OUT, firstQueries(vectors));
  }

  /** How many of them are queries on any data. */
  private static int firstQueries(int vectors) {
    return Math.max(MIN_QUERIES, Math.min(MAX_QUERIES, vectors / VECTORS_PER_QUERY));
  }

  /**
   * Measures a curve.
   *
   * @param values all vectors of the field
   * @param holdout of its graph
   * @param search of the same field
   * @return null if there is nothing to measure
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
    List<Query> queries = queries(Arrays.copyOf(ordinals, first));
    if (queries.isEmpty()) {
      return null;
    }
    float[][] efforts = search.isOnCodes() ? ON_CODES : ON_VECTORS;
    Measured few = new Measured(RecallCurve.FEW);
    Measured many = new Measured(RecallCurve.MANY);
    Sums sums = new Sums(efforts.length);
    measure(queries, efforts, few, many, sums);
    if (first < ordinals.length && sums.isDoubtful()) {
      List<Query> rest = queries(Arrays.copyOfRange(ordinals, first, ordinals.length));
      measure(rest, efforts, few, many, sums);
      queries.addAll(rest);
    }
    List<RecallCurve.Point> points = new ArrayList<>();
    addPoints(efforts, few, many, sums, points);
    for (float[] effort : search.isOnCodes() ? MORE_ON_CODES : MORE_ON_VECTORS) {
      if (few.isEnough && many.isEnough) {
        break;
      }
      int part = few.recall < MANY_MISSED ? MORE_PART : FEW_MISSED_PART;
      List<Query> some = queries.subList(0, (queries.size() + part - 1) / part);
      float[][] more = {effort};
      Sums ofMore = new Sums(1);
      measure(some, more, few, many, ofMore);
      addPoints(more, few, many, ofMore, points);
    }
    return new RecallCurve(points);
  }

  /** What was measured last for a number of neighbors. */
  private static final class Measured {
    final int k;
    float recall;
    float expandedNodes;
    boolean isEnough; // more effort is not measured

    Measured(int k) {
      this.k = k;
    }

    void set(Recall sums, int size) {
      if (sums.queries.sum() > 0) {
        recall = sums.recall();
        expandedNodes = sums.expandedNodes(k);
        isEnough = sums.isEnough(size);
      }
    }
  }

  /** What queries found, for each of some efforts. */
  private record Sums(Recall[] few, Recall[] many) {

    Sums(int efforts) {
      this(Recall.create(efforts), Recall.create(efforts));
    }

    /** Whether another sample could say something else. */
    boolean isDoubtful() {
      return Arrays.stream(few)
          .anyMatch(r -> r.mean() >= LITTLE && r.standardError() > MAX_STANDARD_ERROR);
    }
  }

  /** Measures some efforts, with what was measured before of fewer ones. */
  private void measure(
      List<Query> queries, float[][] efforts, Measured few, Measured many, Sums sums)
      throws IOException {
    workers.forEach(
        "recall",
        queries.size(),
        () -> {
          Searcher searcher = new Searcher();
          return i -> {
            Query query = queries.get(i);
            searcher.setTarget(query.ordinal);
            for (int j = 0; j < efforts.length; j++) {
              workers.check();
              if (few.isEnough == false) {
                sums.few[j].add(query.leastOfFew, searcher.search(few.k, efforts[j]));
              }
              if (query.isForMany() && many.isEnough == false) {
                sums.many[j].add(query.leastOfMany, searcher.search(many.k, efforts[j]));
              }
            }
          };
        });
  }

  private void addPoints(
      float[][] efforts, Measured few, Measured many, Sums sums, List<RecallCurve.Point> points) {
    for (int i = 0; i < efforts.length; i++) {
      few.set(sums.few[i], values.size());
      many.set(sums.many[i], values.size());
      boolean isKnown = many.expandedNodes > 0; // else the few have to do for the many
      points.add(
          new RecallCurve.Point(
              efforts[i][0],
              efforts[i][1],
              few.recall,
              few.expandedNodes,
              isKnown ? many.recall : few.recall,
              isKnown ? many.expandedNodes : few.expandedNodes));
    }
    many.isEnough |= many.expandedNodes == 0;
  }

  /** What is held out, in random order, as only the first ones measure every effort. */
  private int[] shuffled() {
    List<Integer> shuffled = new ArrayList<>();
    for (int ordinal : holdout.ordinals()) {
      shuffled.add(ordinal);
    }
    Collections.shuffle(shuffled, new Random(values.size()));
    return shuffled.stream().mapToInt(Integer::intValue).toArray();
  }

  private List<Query> queries(int[] ordinals) throws IOException {
    Query[] queries = new Query[ordinals.length];
    int k = Math.min(RecallCurve.MANY, values.size() - holdout.size());
    if (search.isOnCodes()) {
      workers.forEach(
          "nearest",
          ordinals.length,
          () -> {
            Searcher searcher = new Searcher();
            return i -> queries[i] = searcher.query(ordinals[i], i % MANY_PART == 0 ? k : 0);
          });
    } else {
      int[][] nearest = NearestVectors.find(values, metric, holdout, ordinals, k, workers);
      UpdateableRandomVectorScorer scorer = metric.scorers(values.copy()).scorer();
      for (int i = 0; i < queries.length; i++) {
        scorer.setScoringOrdinal(ordinals[i]);
        float few = scorer.score(nearest[i][RecallCurve.FEW - 1]);
        float many = i % MANY_PART == 0 ? scorer.score(nearest[i][k - 1]) : Float.NaN;
        queries[i] = new Query(ordinals[i], few, many);
      }
    }
    return Arrays.stream(queries).filter(Objects::nonNull).collect(Collectors.toList());
  }

  /** What a search for k found. */
  private record Result(int k, ScoreDoc[] hits, SearchReport report) {}

  /** Sums over queries. */
  private static final class Recall {
    private final LongAdder queries = new LongAdder();
    private final LongAdder found = new LongAdder();
    private final DoubleAdder squares = new DoubleAdder(); // of the part that each query found
    private final LongAdder wanted = new LongAdder();
    private final LongAdder expandedNodes = new LongAdder();
    private final LongAdder visits = new LongAdder();

    static Recall[] create(int count) {
      Recall[] recalls = new Recall[count];
      Arrays.setAll(recalls, i -> new Recall());
      return recalls;
    }

    void add(float least, Result result) {
      int hits = 0;
      for (ScoreDoc hit : result.hits) {
        hits += hit.score >= least - ROUNDING * Math.abs(least) ? 1 : 0;
      }
      queries.increment();
      found.add(hits);
      double part = (double) hits / result.k;
      squares.add(part * part);
      wanted.add(result.k);
      expandedNodes.add(result.report.expandedNodes());
      visits.add(result.report.visits());
    }

    /**
     * The mean, less its standard error: on some data, a few queries find nothing, and most all.
     */
    float recall() {
      double error = Math.min(standardError(), MAX_ERROR * (1 - mean()));
      return (float) Math.max(0, mean() - error);
    }

    double mean() {
      return Math.max(0, found.sum() - DOUBT) / Math.max(1, wanted.sum());
    }

    double standardError() {
      double count = Math.max(1, queries.sum());
      double variance = Math.max(0, squares.sum() / count - mean() * mean());
      return Math.sqrt(variance / count);
    }

    float expandedNodes(int k) {
      return (float) expandedNodes.sum() / Math.max(1, queries.sum()) / k;
    }

    boolean isEnough(int size) {
      return found.sum() >= ENOUGH * wanted.sum()
          || visits.sum() > NO_BETTER * size * queries.sum();
    }
  }

  /** Searches, for one thread. */
  private final class Searcher {
    private final KnnVectorValues copy = values.copy();
    private final UpdateableRandomVectorScorer scorer = metric.scorers(copy).scorer();
    private final int[] heldOutDocs = heldOutDocs();
    private float[] target;

    Searcher() throws IOException {}

    void setTarget(int ordinal) throws IOException {
      scorer.setScoringOrdinal(ordinal);
      target = Calibrator.target(copy, ordinal);
    }

    Result search(int k, float[] effort) throws IOException {
      TopKnnCollector collector = new TopKnnCollector(k, Integer.MAX_VALUE);
      SearchReport report =
          search.traverse(target, copy, scorer, collector, Effort.of(effort[0], effort[1]), hidden);
      return new Result(k, collector.topDocs().scoreDocs, report);
    }

    private int[] heldOutDocs() {
      int[] docs = holdout.ordinals();
      for (int i = 0; i < docs.length; i++) {
        docs[i] = scorer.ordToDoc(docs[i]);
      }
      return docs; // ascending, as ordinals are
    }

    /**
     * What to search for.
     *
     * @param many 0 if for few only
     * @return null if fewer than k of the vectors found are not held out
     */
    Query query(int ordinal, int many) throws IOException {
      setTarget(ordinal);
      int k = Math.max(RecallCurve.FEW, many);
      int found = Math.min(values.size(), k + Math.max(MIN_SPARE, k / SPARE_PART));
      TopKnnCollector collector = new TopKnnCollector(found, Integer.MAX_VALUE);
      search.scan(target, copy, scorer, collector);
      float[] scores = new float[k];
      int count = 0;
      for (ScoreDoc hit : collector.topDocs().scoreDocs) {
        if (count < k && Arrays.binarySearch(heldOutDocs, hit.doc) < 0) {
          scores[count++] = hit.score;
        }
      }
      return count < k
          ? null
          : new Query(ordinal, scores[RecallCurve.FEW - 1], many > 0 ? scores[k - 1] : Float.NaN);
    }
  }

  private static float[] target(KnnVectorValues values, int ordinal) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      return floats.vectorValue(ordinal).clone();
    }
    byte[] bytes = ((ByteVectorValues) values).vectorValue(ordinal);
    float[] target = new float[bytes.length];
    for (int i = 0; i < target.length; i++) {
      target[i] = bytes[i];
    }
    return target;
  }
}

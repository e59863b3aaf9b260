/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * A sample of near vectors, on which errors of codes are measured. A sample of the vectors of a
 * field serves as queries, whose nearest vectors are found exhaustively.
 */
final class NearSample {

  /** The number of vectors per query, within the limits below. */
  private static final int VECTORS_PER_QUERY = 250;

  private static final int MIN_QUERIES = 4;
  private static final int MAX_QUERIES = 24;

  /** The number of near vectors of a query whose similarities are kept. */
  private static final int NEAR = 512;

  /** The number of nearest vectors that are quantized. */
  private static final int QUANTIZED_NEAREST = 16;

  /**
   * The number of further vectors that are quantized, at equal intervals of rank after the nearest.
   */
  private static final int QUANTIZED_OTHERS = 16;

  /**
   * The number of nearest vectors from which the quantized vectors are drawn. Searches do not rank
   * vectors beyond this rank, and errors are larger there.
   */
  private static final int QUANTIZED_RANGE = 128;

  /** The number of results for which the rerank depth is measured. */
  private static final int RESULTS = 10;

  private static final int BATCH = 64;

  /** The number of vectors that a thread compares with all queries at a time. */
  private static final int CHUNK = 1 << 12;

  /** The inverse of the precision of measurements: they are rounded to multiples of 1 / 256. */
  private static final double ROUNDING = 256;

  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final Query[] queries;
  private final Workers workers;

  /**
   * @param ord the ordinal of the vector that serves as query
   * @param ords the ordinals of near vectors, the nearest first
   * @param similarities the similarities of the near vectors
   */
  private record Query(int ord, int[] ords, double[] similarities) {

    /** The ranks of the near vectors that are quantized. */
    int[] quantizedRanks() {
      int last = Math.min(QUANTIZED_RANGE, ords.length);
      int near = Math.min(QUANTIZED_NEAREST, last);
      int others = Math.min(QUANTIZED_OTHERS, last - near);
      int[] ranks = new int[near + others];
      for (int i = 0; i < near; i++) {
        ranks[i] = i;
      }
      for (int i = 0; i < others; i++) {
        ranks[near + i] = near + i * (last - near) / others;
      }
      return ranks;
    }
  }

  private NearSample(
      KnnVectorValues values, VectorMetric metric, Query[] queries, Workers workers) {
    this.values = values;
    this.metric = metric;
    this.queries = queries;
    this.workers = workers;
  }

  /**
   * Chooses queries, and compares them with all vectors, which are read once, one after another:
   * the vectors may not fit in memory.
   */
  static NearSample of(KnnVectorValues values, VectorMetric metric, Workers workers)
      throws IOException {
    int size = values.size();
    int count = Math.max(MIN_QUERIES, Math.min(MAX_QUERIES, size / VECTORS_PER_QUERY));
    int[] targets = new int[Math.min(size, count)];
    for (int i = 0; i < targets.length; i++) {
      targets[i] = (int) ((2L * i + 1) * size / (2L * targets.length));
    }
    Queue<Scan> scans = new ConcurrentLinkedQueue<>();
    workers.forEach(
        "sample",
        (size + CHUNK - 1) / CHUNK,
        () -> {
          Scan scan = new Scan(values, metric, targets, workers);
          scans.add(scan);
          return scan::scan;
        });
    Query[] queries = new Query[targets.length];
    for (int i = 0; i < queries.length; i++) {
      NeighborQueue nearest = new NeighborQueue(NEAR, false);
      for (Scan scan : scans) {
        workers.check();
        scan.moveTo(i, nearest);
      }
      queries[i] = query(targets[i], nearest, values, metric);
    }
    return new NearSample(values, metric, queries, workers);
  }

  private static Query query(
      int target, NeighborQueue nearest, KnnVectorValues values, VectorMetric metric) {
    int[] near = new int[nearest.size()];
    double[] similarities = new double[near.length];
    for (int i = near.length - 1; i >= 0; i--) {
      similarities[i] =
          metric.similarity(nearest.topScore(), values.getEncoding(), values.dimension());
      near[i] = nearest.pop();
    }
    return new Query(target, near, similarities);
  }

  /** The vectors nearest to the queries among the chunks of one thread. */
  private static final class Scan {
    private final int size;
    private final int[] targets;
    private final VectorPairs[] pairs;
    private final NeighborQueue[] nearest;
    private final Workers workers;
    private final int[] ords = new int[BATCH];
    private final float[] scores = new float[BATCH];

    Scan(KnnVectorValues values, VectorMetric metric, int[] targets, Workers workers)
        throws IOException {
      this.size = values.size();
      this.targets = targets;
      this.workers = workers;
      this.pairs = new VectorPairs[targets.length];
      this.nearest = new NeighborQueue[targets.length];
      for (int i = 0; i < targets.length; i++) {
        pairs[i] = new VectorPairs(values, metric);
        pairs[i].setTarget(targets[i]);
        nearest[i] = new NeighborQueue(NEAR, false);
      }
    }

    void scan(int chunk) throws IOException {
      int end = (int) Math.min(size, (chunk + 1L) * CHUNK);
      for (int begin = chunk * CHUNK; begin < end; begin += BATCH) {
        int count = Math.min(BATCH, end - begin);
        for (int i = 0; i < count; i++) {
          ords[i] = begin + i;
        }
        for (int query = 0; query < targets.length; query++) {
          workers.check();
          scan(query, count);
        }
      }
    }

    private void scan(int query, int count) throws IOException {
      pairs[query].score(ords, count, scores);
      for (int i = 0; i < count; i++) {
        if (ords[i] != targets[query] && Float.isFinite(scores[i])) {
          nearest[query].insertWithOverflow(ords[i], scores[i]);
        }
      }
    }

    /** Moves the vectors nearest to a query to a queue with those of all scans. */
    void moveTo(int query, NeighborQueue all) {
      while (nearest[query].size() > 0) {
        float score = nearest[query].topScore();
        all.insertWithOverflow(nearest[query].pop(), score);
      }
    }
  }

  /**
   * The differences between the scores of codes and the similarities, for one query.
   *
   * @param deviation their standard deviation
   * @param scale the root mean square of {@link QuantizedQuery#errorScale}
   */
  private record Errors(double deviation, double scale) {}

  /** Measures errors, one query after another. */
  private final class Meter {
    private final CodeModel model;
    private final CodeQuantizer quantizer;
    private final QuantizedQuery quantizedQuery;
    private final float[] vector;
    private final byte[] record;
    private final KnnVectorValues copy;

    Meter(CodeModel model) throws IOException {
      this.model = model;
      this.quantizer = new CodeQuantizer(model);
      this.quantizedQuery = QuantizedQuery.create(model);
      this.vector = new float[values.dimension()];
      this.record = new byte[model.layout().recordBytes() + QuantizedQuery.SLACK_BYTES];
      this.copy = values.copy();
    }

    /** Requests vectors, which are anywhere in the file. */
    private void prefetch(Query query, int[] ranks) throws IOException {
      int[] ords = new int[ranks.length + 1];
      for (int i = 0; i < ranks.length; i++) {
        ords[i] = query.ords[ranks[i]];
      }
      ords[ranks.length] = query.ord;
      copy.prefetch(ords, ords.length);
    }

    /** Returns null if there are too few near vectors. */
    Errors errors(Query query) throws IOException {
      int[] ranks = query.quantizedRanks();
      prefetch(query, ranks);
      VectorPairs.copy(copy, query.ord, vector);
      quantizedQuery.setTarget(vector);
      double sum = 0;
      double squares = 0;
      double scales = 0;
      int count = 0;
      double first = 0;
      for (int rank : ranks) {
        workers.check();
        VectorPairs.copy(copy, query.ords[rank], vector);
        byte[] quantized = quantizer.record(vector, query.ords[rank]);
        System.arraycopy(quantized, 0, record, 0, quantized.length);
        float score = quantizedQuery.score(record);
        double error = score - query.similarities[rank];
        if (Double.isFinite(error)) {
          first = count++ == 0 ? error : first;
          sum += error - first;
          squares += (error - first) * (error - first);
          scales += Math.pow(quantizedQuery.errorScale(record, score), 2);
        }
      }
      if (count < 3) {
        return null;
      }
      double variance = Math.max(0, squares - sum * sum / count) / (count - 1);
      return new Errors(Math.sqrt(variance), Math.sqrt(scales / count));
    }
  }

  /**
   * Returns the logarithm of the errors' standard deviation, averaged over queries. Codes with a
   * smaller average rank near vectors better.
   */
  double logError(CodeModel model) throws IOException {
    Meter meter = new Meter(model);
    double sum = 0;
    for (Query query : queries) {
      Errors errors = meter.errors(query);
      if (errors != null) {
        sum += Math.log(Math.max(Double.MIN_NORMAL, errors.deviation));
      }
    }
    return sum / queries.length;
  }

  /** Returns the model with its error and rerank depth measured. */
  CodeModel measure(CodeModel model) throws IOException {
    Meter meter = new Meter(model);
    double squares = 0;
    double depth = 0;
    int count = 0;
    for (Query query : queries) {
      Errors errors = meter.errors(query);
      if (errors != null) {
        double error = errors.scale > 0 ? errors.deviation / errors.scale : 0;
        squares += error * error;
        depth += rerankDepth(query, errors.deviation);
        count++;
      }
    }
    if (count == 0) {
      return model;
    }
    // kernels may add in another order once they are compiled; rounding makes files reproducible
    double error = Math.round(ROUNDING * Math.sqrt(squares / count)) / ROUNDING;
    double meanDepth = Math.round(ROUNDING * depth / count) / ROUNDING;
    return model.withMeasures(
        (float) Math.min(Float.MAX_VALUE, error),
        (float) Math.min(CodeModel.MAX_RERANK_DEPTH, meanDepth));
  }

  /**
   * Estimates the number of candidates, in the order of their codes' scores, that include the
   * nearest vectors. It is the expected number of vectors whose score is above a bound. Vectors as
   * similar as the last of the nearest exceed the bound with a probability of 90 percent. Equal
   * vectors count once, because it does not matter which of them is found.
   */
  private static double rerankDepth(Query query, double deviation) {
    double[] distinct = Arrays.stream(query.similarities).distinct().toArray();
    if (distinct.length <= RESULTS) {
      return RESULTS;
    }
    double bound = distinct[RESULTS - 1] - 1.28 * deviation;
    double depth = 0;
    for (double similarity : distinct) {
      depth += probabilityAbove(similarity, bound, deviation);
    }
    return Math.max(RESULTS, depth);
  }

  /**
   * The probability that a code's score is above a bound, by the logistic approximation of the
   * normal distribution.
   */
  private static double probabilityAbove(double similarity, double bound, double deviation) {
    if (deviation == 0) {
      return similarity >= bound ? 1 : 0;
    }
    return 1 / (1 + Math.exp(-1.702 * (similarity - bound) / deviation));
  }
}

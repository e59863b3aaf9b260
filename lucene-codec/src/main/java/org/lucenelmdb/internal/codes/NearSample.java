/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.hnsw.NeighborQueue;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Some vectors of a field as queries, and their nearest others, found by comparing them with all:
 * what errors of codes are measured on.
 */
final class NearSample {

  /** A query for so many vectors, within limits. */
  private static final int VECTORS_PER_QUERY = 250;

  private static final int MIN_QUERIES = 4;
  private static final int MAX_QUERIES = 24;

  /** Near vectors whose similarity is known. */
  private static final int NEAR = 512;

  /** Of these, so many of the nearest are quantized, and so many of the others that follow. */
  private static final int NEAREST = 16;

  private static final int OTHERS = 16;

  /** What lies behind is not ranked by searches, and errors are larger there. */
  private static final int LAST = 128;

  /** Searches for so many vectors are to be good. */
  private static final int WANTED = 10;

  private static final int BATCH = 64;

  /** Measurements are multiples of the reciprocal. */
  private static final double STEPS = 256;

  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final Query[] queries;
  private final Workers workers;

  /** One vector; near ones and their similarities to it, the nearest first. */
  private record Query(int ord, int[] ords, double[] similarities) {

    /** The places of the vectors that are quantized. */
    int[] measured() {
      int last = Math.min(LAST, ords.length);
      int near = Math.min(NEAREST, last);
      int others = Math.min(OTHERS, last - near);
      int[] places = new int[near + others];
      for (int i = 0; i < near; i++) {
        places[i] = i;
      }
      for (int i = 0; i < others; i++) {
        places[near + i] = near + i * (last - near) / others;
      }
      return places;
    }
  }

  private NearSample(
      KnnVectorValues values, VectorMetric metric, Query[] queries, Workers workers) {
    this.values = values;
    this.metric = metric;
    this.queries = queries;
    this.workers = workers;
  }

  /** Compares queries with all vectors. */
  static NearSample of(KnnVectorValues values, VectorMetric metric, Workers workers)
      throws IOException {
    int size = values.size();
    int count = Math.max(MIN_QUERIES, Math.min(MAX_QUERIES, size / VECTORS_PER_QUERY));
    Query[] queries = new Query[Math.min(size, count)];
    workers.forEach(
        "sample",
        queries.length,
        () -> {
          VectorPairs pairs = new VectorPairs(values, metric);
          return i -> queries[i] = query(pairs, i, queries.length, values, metric, workers);
        });
    return new NearSample(values, metric, queries, workers);
  }

  private static Query query(
      VectorPairs pairs,
      int number,
      int queries,
      KnnVectorValues values,
      VectorMetric metric,
      Workers workers)
      throws IOException {
    int size = values.size();
    int target = (int) ((2L * number + 1) * size / (2L * queries));
    NeighborQueue nearest = new NeighborQueue(NEAR, false);
    int[] ords = new int[BATCH];
    float[] scores = new float[BATCH];
    pairs.setTarget(target);
    for (int begin = 0; begin < size; begin += BATCH) {
      workers.check();
      int count = Math.min(BATCH, size - begin);
      for (int i = 0; i < count; i++) {
        ords[i] = begin + i;
      }
      pairs.score(ords, count, scores);
      for (int i = 0; i < count; i++) {
        if (ords[i] != target && Float.isFinite(scores[i])) {
          nearest.insertWithOverflow(ords[i], scores[i]);
        }
      }
    }
    int[] near = new int[nearest.size()];
    double[] similarities = new double[near.length];
    for (int i = near.length - 1; i >= 0; i--) {
      similarities[i] =
          metric.similarity(nearest.topScore(), values.getEncoding(), values.dimension());
      near[i] = nearest.pop();
    }
    return new Query(target, near, similarities);
  }

  /** Differences of the scores of codes from similarities. */
  private record Errors(double deviation, double scale) {}

  /** Measures the errors of one query. */
  private final class Meter {
    private final CodeModel model;
    private final CodeQuantizer quantizer;
    private final QuantizedQuery codeQuery;
    private final float[] vector;
    private final byte[] record;
    private final KnnVectorValues copy;

    Meter(CodeModel model) throws IOException {
      this.model = model;
      this.quantizer = new CodeQuantizer(model);
      this.codeQuery = QuantizedQuery.create(model);
      this.vector = new float[values.dimension()];
      this.record = new byte[model.layout().recordBytes() + QuantizedQuery.SLACK_BYTES];
      this.copy = values.copy();
    }

    /** Null if there is nothing to measure. */
    Errors errors(Query query) throws IOException {
      VectorPairs.copy(copy, query.ord, vector);
      codeQuery.set(vector);
      int[] measured = query.measured();
      double sum = 0;
      double squares = 0;
      double scales = 0;
      int count = 0;
      double first = 0;
      for (int place : measured) {
        workers.check();
        VectorPairs.copy(copy, query.ords[place], vector);
        byte[] made = quantizer.record(vector, query.ords[place]);
        System.arraycopy(made, 0, record, 0, made.length);
        float score = codeQuery.score(record);
        double error = score - query.similarities[place];
        if (Double.isFinite(error)) {
          first = count++ == 0 ? error : first;
          sum += error - first;
          squares += (error - first) * (error - first);
          scales += Math.pow(codeQuery.errorScale(record, score), 2);
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
   * The mean logarithm of the errors' standard deviations: the less, the better are near vectors
   * told apart.
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

  /** Adds the measurements to a model. */
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
        depth += depth(query, errors.deviation);
        count++;
      }
    }
    if (count == 0) {
      return model;
    }
    // rounded: kernels may add in another order once they are compiled, and the same vectors are to
    // give the same files
    double error = Math.round(STEPS * Math.sqrt(squares / count)) / STEPS;
    double meanDepth = Math.round(STEPS * depth / count) / STEPS;
    return model.withErrors(
        (float) Math.min(Float.MAX_VALUE, error), (float) Math.min(CodeModel.MAX_DEPTH, meanDepth));
  }

  /**
   * About how many candidates the nearest vectors are among, in the order of their codes: all whose
   * codes' scores are above what all but one in ten of those exceed that are as similar as the last
   * of the nearest. Equal vectors count once, as it does not matter which of them is found.
   */
  private static double depth(Query query, double deviation) {
    double[] distinct = Arrays.stream(query.similarities).distinct().toArray();
    if (distinct.length <= WANTED) {
      return WANTED;
    }
    double least = distinct[WANTED - 1] - 1.28 * deviation;
    double depth = 0;
    for (double similarity : distinct) {
      depth += above(similarity, least, deviation);
    }
    return Math.max(WANTED, depth);
  }

  /** How likely a code's score is above a bound: a logistic approximation of the normal one. */
  private static double above(double similarity, double bound, double deviation) {
    if (deviation == 0) {
      return similarity >= bound ? 1 : 0;
    }
    return 1 / (1 + Math.exp(-1.702 * (similarity - bound) / deviation));
  }
}

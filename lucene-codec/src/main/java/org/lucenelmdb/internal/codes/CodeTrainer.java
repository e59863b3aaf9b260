/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Chooses the quantization of a field: the mean and centroids relative to which vectors are
 * quantized, and the number of bits. Each choice is measured on {@linkplain NearSample near
 * vectors}, because codes must rank these. Random pairs of vectors would favor other choices.
 */
public final class CodeTrainer {

  private static final long ROTATION_SEED = 0x6C75_6365_6E65L;

  /** The maximum number of centroids. A query is compared with all of them. */
  private static final int MAX_CENTROIDS = 64;

  /** The minimum number of vectors in the field per centroid. */
  private static final int VECTORS_PER_CENTROID = 64;

  /** The minimum number of vectors per centroid in the clustered sample. */
  private static final int SAMPLE_PER_CENTROID = 16;

  /** The maximum size of the sample on the heap. */
  private static final int MAX_SAMPLE_BYTES = 4 << 20;

  private static final int MAX_SAMPLE = 4096;

  /**
   * The minimum gain of centroids, as the difference of {@linkplain NearSample#logError logarithmic
   * errors}. Centroids cost time in each query, and must reduce errors by more than 3 percent.
   */
  private static final double MIN_LOG_GAIN_OF_CENTROIDS = Math.log(1.03);

  /**
   * The maximum time of a search with codes as a share of the time without codes. The smallest
   * number of bits that achieves it is chosen.
   */
  private static final double GOOD_COST = 0.8;

  /**
   * The share of the time of a search without codes that codes must undercut. If no number of bits
   * does, the segment gets no codes.
   */
  private static final double MAX_COST = 0.9;

  private static final int QUERY_BITS = 4;
  private static final int FINE_QUERY_BITS = 8;

  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final Workers workers;
  private final NearSample sample;

  private CodeTrainer(KnnVectorValues values, VectorMetric metric, Workers workers)
      throws IOException {
    this.values = values;
    this.metric = metric;
    this.workers = workers;
    this.sample = NearSample.of(values, metric, workers);
  }

  /**
   * Trains a model with a given number of bits.
   *
   * @param values all vectors, at least one
   * @param bits 1, 2, 4 or 8
   */
  public static CodeModel train(
      KnnVectorValues values, VectorMetric metric, int bits, CodeCosts costs, Workers workers)
      throws IOException {
    CodeTrainer trainer = new CodeTrainer(values, metric, workers);
    return trainer.cheapest(trainer.base(bits), bits, costs);
  }

  /**
   * Trains a model with the smallest number of bits that makes searches fast enough.
   *
   * @param values all vectors, at least one
   * @param minBits the minimum number of bits: 1, 2, 4 or 8
   * @return null if codes would save too little time
   */
  public static CodeModel trainAny(
      KnnVectorValues values, VectorMetric metric, int minBits, CodeCosts costs, Workers workers)
      throws IOException {
    CodeTrainer trainer = new CodeTrainer(values, metric, workers);
    CodeModel base = trainer.base(minBits);
    CodeModel best = null;
    double cost = MAX_COST * costs.withoutCodes();
    for (int bits = minBits; bits <= Byte.SIZE; bits *= 2) {
      CodeModel model = trainer.cheapest(base, bits, costs);
      double with = costs.withCodes(model);
      if (with < GOOD_COST * costs.withoutCodes()) {
        return model;
      }
      if (with < cost) {
        best = model;
        cost = with;
      }
    }
    return best;
  }

  /** Chooses the mean and the centroids. */
  private CodeModel base(int bits) throws IOException {
    float[] mean = mean();
    if (metric == VectorMetric.MANHATTAN) {
      return model(
          CodeLayout.Kind.LEVELS, bits, QUERY_BITS, mean, deviations(mean), new float[0][]);
    }
    List<CodeModel> alternatives = new ArrayList<>();
    CodeModel best = centered(bits, mean, new float[0][]);
    double error = sample.logError(best);
    if (metric == VectorMetric.DOT_PRODUCT || metric == VectorMetric.MAXIMUM_INNER_PRODUCT) {
      alternatives.add(centered(bits, new float[mean.length], new float[0][]));
    }
    float[][] centroids = centroids(best);
    if (centroids.length > 1) {
      alternatives.add(centered(bits, mean, centroids));
    }
    for (CodeModel alternative : alternatives) {
      double alternativeError = sample.logError(alternative);
      double minGain = alternative.centroids().length > 0 ? MIN_LOG_GAIN_OF_CENTROIDS : 0;
      if (alternativeError < error - minGain) {
        best = alternative;
        error = alternativeError;
      }
    }
    return best;
  }

  private CodeModel centered(int bits, float[] mean, float[][] centroids) {
    return model(CodeLayout.Kind.CENTROIDS, bits, QUERY_BITS, mean, null, centroids);
  }

  private CodeModel model(
      CodeLayout.Kind kind,
      int bits,
      int queryBits,
      float[] mean,
      float[] deviations,
      float[][] centroids) {
    CodeLayout layout = new CodeLayout(values.dimension(), bits, kind);
    return new CodeModel(
        layout, metric, queryBits, 0, 0, mean, deviations, ROTATION_SEED, centroids);
  }

  /**
   * Returns a model with the given number of bits, and with the query bits for which searches cost
   * least.
   */
  private CodeModel cheapest(CodeModel base, int bits, CodeCosts costs) throws IOException {
    CodeModel model = measured(base, bits, QUERY_BITS);
    if (model.layout().hasBitPlanes()) {
      CodeModel finer = measured(base, bits, FINE_QUERY_BITS);
      return costs.withCodes(finer) < costs.withCodes(model) ? finer : model;
    }
    return model;
  }

  /** Returns a model with the given numbers of bits, with its error and rerank depth measured. */
  private CodeModel measured(CodeModel base, int bits, int queryBits) throws IOException {
    return sample.measure(
        model(
            base.layout().kind(),
            bits,
            queryBits,
            base.mean(),
            base.deviations(),
            base.centroids()));
  }

  /** Returns the mean of all vectors, which are normalized first with COSINE. */
  private float[] mean() throws IOException {
    double[] sums = new double[values.dimension()]; // a sum of floats never overflows a double
    float[] vector = new float[sums.length];
    int checkInterval = checkInterval();
    for (int ord = 0; ord < values.size(); ord++) {
      if (ord % checkInterval == 0) {
        workers.check();
      }
      VectorPairs.copy(values, ord, vector);
      if (metric == VectorMetric.COSINE) {
        VectorUtil.l2normalize(vector, false); // other formats accept zero vectors
      }
      for (int i = 0; i < sums.length; i++) {
        sums[i] += vector[i];
      }
    }
    float[] mean = new float[sums.length];
    for (int i = 0; i < sums.length; i++) {
      mean[i] = finite(sums[i] / values.size());
    }
    return mean;
  }

  /** Returns the standard deviation of each dimension. */
  private float[] deviations(float[] mean) throws IOException {
    double[] squares = new double[values.dimension()];
    float[] vector = new float[squares.length];
    int checkInterval = checkInterval();
    for (int ord = 0; ord < values.size(); ord++) {
      if (ord % checkInterval == 0) {
        workers.check();
      }
      VectorPairs.copy(values, ord, vector);
      for (int i = 0; i < squares.length; i++) {
        double x = (double) vector[i] - mean[i];
        squares[i] += x * x;
      }
    }
    float[] deviations = new float[squares.length];
    for (int i = 0; i < squares.length; i++) {
      deviations[i] = finite(Math.sqrt(squares[i] / values.size()));
    }
    return deviations;
  }

  private int checkInterval() {
    return Workers.checkInterval(values.dimension() * Float.BYTES);
  }

  /** Replaces values that are not finite, which corrupt vectors of a merged segment may cause. */
  private static float finite(double x) {
    return Float.isFinite((float) x) ? (float) x : 0;
  }

  /** Finds centroids of a sample; none if there are too few vectors. */
  private float[][] centroids(CodeModel model) throws IOException {
    int size = values.size();
    int maxSample = Math.min(MAX_SAMPLE, MAX_SAMPLE_BYTES / (values.dimension() * Float.BYTES));
    int sampleSize = Math.min(maxSample, size);
    int count =
        Math.min(
            MAX_CENTROIDS, Math.min(size / VECTORS_PER_CENTROID, sampleSize / SAMPLE_PER_CENTROID));
    if (count < 2) {
      return new float[0][];
    }
    CodeModel.Preparation preparation = model.preparation();
    float[] vector = new float[values.dimension()];
    float[][] prepared = new float[sampleSize][];
    int checkInterval = checkInterval();
    for (int i = 0; i < sampleSize; i++) {
      if (i % checkInterval == 0) {
        workers.check();
      }
      VectorPairs.copy(values, (int) ((long) i * size / sampleSize), vector);
      prepared[i] = preparation.apply(vector).clone();
    }
    return KMeans.centroids(prepared, Integer.highestOneBit(count), workers);
  }
}

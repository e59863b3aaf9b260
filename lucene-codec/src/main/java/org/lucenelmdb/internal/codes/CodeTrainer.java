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
 * Chooses how the vectors of a field are quantized: relative to what, and to how many bits. Each
 * choice is measured on {@linkplain NearSample near vectors}, since these are what codes have to
 * rank: on random pairs, other choices look better.
 */
public final class CodeTrainer {

  private static final long ROTATION_SEED = 0x6C75_6365_6E65L;

  /**
   * Centroids that are tried, if there are enough vectors; a query is compared with all of them.
   */
  private static final int CENTROIDS = 64;

  /** Vectors for each centroid: of all, and of the sample that centroids are found with. */
  private static final int VECTORS_PER_CENTROID = 64;

  private static final int SAMPLE_PER_CENTROID = 16;

  /** The heap that the sample may take. */
  private static final int MAX_SAMPLE_BYTES = 4 << 20;

  private static final int MAX_SAMPLE = 4096;

  /** Centroids have to make errors smaller by so much to be worth their time in each query. */
  private static final double WORTH_CENTROIDS = Math.log(1.03);

  /**
   * The fewest bits are taken with which searches take so small a part of the time without codes.
   */
  private static final double WORTHWHILE = 0.8;

  /** If searches on codes take more of that time, the segment gets no codes. */
  private static final double TOO_LONG = 0.9;

  private static final int QUERY_BITS = 4;
  private static final int MORE_QUERY_BITS = 8;

  private final KnnVectorValues values;
  private final VectorMetric metric;
  private final Workers workers;
  private final NearSample near;

  private CodeTrainer(KnnVectorValues values, VectorMetric metric, Workers workers)
      throws IOException {
    this.values = values;
    this.metric = metric;
    this.workers = workers;
    this.near = NearSample.of(values, metric, workers);
  }

  /**
   * Trains a model with a number of bits.
   *
   * @param values all vectors, at least one
   * @param bits 1, 2, 4 or 8
   * @param costs of searches
   */
  public static CodeModel train(
      KnnVectorValues values, VectorMetric metric, int bits, CodeCosts costs, Workers workers)
      throws IOException {
    CodeTrainer trainer = new CodeTrainer(values, metric, workers);
    return trainer.cheapest(trainer.base(bits), bits, costs);
  }

  /**
   * Trains a model with as few bits as searches need.
   *
   * @param values all vectors, at least one
   * @param fewest the least number of bits: 1, 2, 4 or 8
   * @param costs of searches
   * @return null if the vectors are better off without codes
   */
  public static CodeModel trainAny(
      KnnVectorValues values, VectorMetric metric, int fewest, CodeCosts costs, Workers workers)
      throws IOException {
    CodeTrainer trainer = new CodeTrainer(values, metric, workers);
    CodeModel base = trainer.base(fewest);
    CodeModel best = null;
    double cost = TOO_LONG * costs.without();
    for (int bits = fewest; bits <= Byte.SIZE; bits *= 2) {
      CodeModel model = trainer.cheapest(base, bits, costs);
      double with = costs.with(model);
      if (with < WORTHWHILE * costs.without()) {
        return model;
      }
      if (with < cost) {
        best = model;
        cost = with;
      }
    }
    return best;
  }

  /** The model with all but its number of bits chosen. */
  private CodeModel base(int bits) throws IOException {
    float[] mean = mean();
    if (metric == VectorMetric.MANHATTAN) {
      return model(
          CodeLayout.Kind.LEVELS, bits, QUERY_BITS, mean, deviations(mean), new float[0][]);
    }
    List<CodeModel> candidates = new ArrayList<>();
    CodeModel best = centered(bits, mean, new float[0][]);
    double error = near.logError(best);
    if (metric == VectorMetric.DOT_PRODUCT || metric == VectorMetric.MAXIMUM_INNER_PRODUCT) {
      candidates.add(centered(bits, new float[mean.length], new float[0][]));
    }
    float[][] centroids = centroids(best);
    if (centroids.length > 1) {
      candidates.add(centered(bits, mean, centroids));
    }
    for (CodeModel candidate : candidates) {
      double candidateError = near.logError(candidate);
      double worth = candidate.centroids().length > 0 ? WORTH_CENTROIDS : 0;
      if (candidateError < error - worth) {
        best = candidate;
        error = candidateError;
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

  /** The same with a number of bits, and the query's bits with which searches cost least. */
  private CodeModel cheapest(CodeModel base, int bits, CodeCosts costs) throws IOException {
    CodeModel model = measured(base, bits, QUERY_BITS);
    if (model.layout().hasPlanes()) {
      CodeModel finer = measured(base, bits, MORE_QUERY_BITS);
      return costs.with(finer) < costs.with(model) ? finer : model;
    }
    return model;
  }

  /** The same with numbers of bits, and measured. */
  private CodeModel measured(CodeModel base, int bits, int queryBits) throws IOException {
    return near.measure(
        model(
            base.layout().kind(),
            bits,
            queryBits,
            base.mean(),
            base.deviations(),
            base.centroids()));
  }

  /** The mean of all vectors; of those of unit length with COSINE. */
  private float[] mean() throws IOException {
    double[] sums = new double[values.dimension()]; // no sum of floats is too large for a double
    float[] vector = new float[sums.length];
    int checkInterval = checkInterval();
    for (int ord = 0; ord < values.size(); ord++) {
      if (ord % checkInterval == 0) {
        workers.check();
      }
      VectorPairs.copy(values, ord, vector);
      if (metric == VectorMetric.COSINE) {
        VectorUtil.l2normalize(vector, false); // other formats let zero vectors in
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

  /** The standard deviation in each dimension. */
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

  /** Damaged vectors of a segment that is merged may not be finite. */
  private static float finite(double x) {
    return Float.isFinite((float) x) ? (float) x : 0;
  }

  /** Centroids of a sample; none if there are too few vectors. */
  private float[][] centroids(CodeModel model) throws IOException {
    int size = values.size();
    int most = MAX_SAMPLE_BYTES / (values.dimension() * Float.BYTES);
    int wanted = Math.min(Math.min(MAX_SAMPLE, most), size);
    int count =
        Math.min(CENTROIDS, Math.min(size / VECTORS_PER_CENTROID, wanted / SAMPLE_PER_CENTROID));
    if (count < 2) {
      return new float[0][];
    }
    CodeModel.Preparation preparation = model.preparation();
    float[] vector = new float[values.dimension()];
    float[][] sample = new float[wanted][];
    int checkInterval = checkInterval();
    for (int i = 0; i < wanted; i++) {
      if (i % checkInterval == 0) {
        workers.check();
      }
      VectorPairs.copy(values, (int) ((long) i * size / wanted), vector);
      sample[i] = preparation.apply(vector).clone();
    }
    return KMeans.centroids(sample, Integer.highestOneBit(count), workers);
  }
}

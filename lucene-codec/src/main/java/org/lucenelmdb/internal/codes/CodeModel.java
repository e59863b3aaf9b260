/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.RamUsageEstimator;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The parameters for quantizing the vectors of a field and comparing queries with their codes.
 * Trained by {@link CodeTrainer} and stored in the metadata file. Immutable; arrays are not copied.
 *
 * @param metric any metric except HAMMING
 * @param queryBits the number of bits of a query's component, 4 or 8, if codes are bit planes
 * @param error the standard deviation of the difference between a code's score and the similarity
 *     of its vector, divided by {@link QuantizedQuery#errorScale}; measured on near vectors
 * @param rerankDepth the number of candidates that must be reranked to find the nearest 10;
 *     measured on a sample
 * @param mean the mean of all vectors, which are normalized first with COSINE; zeros if these give
 *     smaller errors
 * @param deviations with LEVELS, the standard deviation of each dimension; otherwise null
 * @param seed with CENTROIDS, the seed of the rotation
 * @param centroids with CENTROIDS, the centroids of the centered and rotated vectors; if there are
 *     none, vectors are quantized relative to the mean
 */
public record CodeModel(
    CodeLayout layout,
    VectorMetric metric,
    int queryBits,
    float error,
    float rerankDepth,
    float[] mean,
    float[] deviations,
    long seed,
    float[][] centroids) {

  /** The largest number of centroids. */
  static final int MAX_CENTROIDS = 1 << 16;

  /** The largest {@link #rerankDepth}. */
  static final float MAX_RERANK_DEPTH = 1000;

  /** The largest squared norm of a prepared vector or centroid, so that dot products are finite. */
  static final float MAX_SQUARE = 1e37f;

  private static final int[] QUERY_BITS = {4, 8};

  /** Whether vectors with a metric can be quantized. */
  public static boolean canQuantize(VectorMetric metric) {
    return metric != VectorMetric.HAMMING;
  }

  /** Returns a model of version 1 of the file format, which did not record the error. */
  static CodeModel ofIntervals(CodeLayout layout, VectorMetric metric, float[] mean) {
    return new CodeModel(
        layout, metric, 4, intervalError(layout.bits()), 0, mean, null, 0, new float[0][]);
  }

  /** Returns a model of version 1 of the file format for Manhattan distance. */
  static CodeModel ofLevels(CodeLayout layout, float[] mean, float[] deviations) {
    return new CodeModel(
        layout,
        VectorMetric.MANHATTAN,
        4,
        levelError(layout.bits()),
        0,
        mean,
        deviations,
        0,
        new float[0][]);
  }

  /**
   * Returns the standard deviation of a component's error, in units of the record's scale. With 1
   * and 2 bits, it is the error of quantizing a normal distribution. With 4 and 8 bits, it is the
   * error of uniform rounding, whose variance is doubled by the rounding of the query.
   */
  private static float intervalError(int bits) {
    return switch (bits) {
      case 1 -> 0.47f;
      case 2 -> 0.33f;
      default -> 0.45f;
    };
  }

  /** Returns the relative error of a distance, measured on vectors of 128 dimensions. */
  private static float levelError(int bits) {
    return switch (bits) {
      case 1 -> 0.08f;
      case 2 -> 0.05f;
      case 4 -> 0.03f;
      default -> 0.02f;
    };
  }

  /** Returns a copy of this model with other measurements. */
  CodeModel withMeasures(float newError, float newRerankDepth) {
    return new CodeModel(
        layout, metric, queryBits, newError, newRerankDepth, mean, deviations, seed, centroids);
  }

  /** Half of the squared norm of each centroid. */
  float[] halfSquares() {
    float[] squares = new float[centroids.length];
    for (int i = 0; i < squares.length; i++) {
      squares[i] = VectorUtil.dotProduct(centroids[i], centroids[i]) / 2;
    }
    return squares;
  }

  /** Creates a {@link Preparation} of vectors and queries, for one thread. */
  Preparation preparation() {
    return new Preparation(this);
  }

  /** Centers vectors, and rotates them with CENTROIDS. Not thread-safe. */
  static final class Preparation {
    private final CodeModel model;
    private final Rotation rotation; // null if vectors are not rotated
    private final float[] prepared;

    Preparation(CodeModel model) {
      this.model = model;
      this.rotation =
          model.layout.kind() == CodeLayout.Kind.CENTROIDS
              ? new Rotation(model.layout.dimension(), model.seed)
              : null;
      this.prepared = new float[model.layout.dimension()];
    }

    /**
     * Returns a prepared vector, in an array that the next call overwrites.
     *
     * <ul>
     *   <li>With COSINE, the vector is normalized. A zero vector stays zero.
     *   <li>The mean is subtracted.
     *   <li>Unless the metric is MANHATTAN, a vector is replaced by zeros if its squared norm is
     *       now above {@link #MAX_SQUARE} or not finite, for example because it is corrupt.
     *   <li>With CENTROIDS, the vector is rotated.
     * </ul>
     */
    float[] apply(float[] vector) {
      System.arraycopy(vector, 0, prepared, 0, prepared.length);
      if (model.metric == VectorMetric.COSINE) {
        VectorUtil.l2normalize(prepared, false);
      }
      return applyToNormalized();
    }

    /** Prepares a vector whose length is given; the length is only used with COSINE. */
    float[] apply(float[] vector, float length) {
      for (int i = 0; i < prepared.length; i++) {
        prepared[i] = model.metric == VectorMetric.COSINE ? vector[i] / length : vector[i];
      }
      return applyToNormalized();
    }

    private float[] applyToNormalized() {
      float[] mean = model.mean;
      for (int i = 0; i < prepared.length; i++) {
        prepared[i] -= mean[i];
      }
      if (model.metric != VectorMetric.MANHATTAN && (square(prepared) <= MAX_SQUARE) == false) {
        Arrays.fill(prepared, 0);
      }
      if (rotation != null) {
        rotation.apply(prepared);
      }
      return prepared;
    }
  }

  /**
   * Returns the squared norm. Lucene's dot product is not used, because it asserts a finite result.
   */
  private static float square(float[] vector) {
    float sum0 = 0; // four independent sums, so that additions overlap
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (int end = vector.length & -4; i < end; i += 4) {
      sum0 += vector[i] * vector[i];
      sum1 += vector[i + 1] * vector[i + 1];
      sum2 += vector[i + 2] * vector[i + 2];
      sum3 += vector[i + 3] * vector[i + 3];
    }
    for (; i < vector.length; i++) {
      sum0 += vector[i] * vector[i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  /**
   * Writes [int8] query bits, [float32] error, [float32] rerank depth, and for each dimension
   * [float32] the mean. With MANHATTAN, [float32] the deviation of each dimension follows;
   * otherwise [int64] seed, [int32] number of centroids, and [float32] each of their components.
   */
  void write(IndexOutput meta) throws IOException {
    meta.writeByte((byte) queryBits);
    meta.writeInt(Float.floatToIntBits(error));
    meta.writeInt(Float.floatToIntBits(rerankDepth));
    writeFloats(meta, mean);
    if (layout.kind() == CodeLayout.Kind.LEVELS) {
      writeFloats(meta, deviations);
      return;
    }
    meta.writeLong(seed);
    meta.writeInt(centroids.length);
    for (float[] centroid : centroids) {
      writeFloats(meta, centroid);
    }
  }

  private static void writeFloats(IndexOutput meta, float[] values) throws IOException {
    for (float x : values) {
      meta.writeInt(Float.floatToIntBits(x));
    }
  }

  /** Reads a model that {@link #write} wrote. */
  static CodeModel read(IndexInput meta, int dimension, int bits, VectorMetric metric)
      throws IOException {
    boolean isManhattan = metric == VectorMetric.MANHATTAN;
    CodeLayout layout = CodeLayout.of(dimension, bits, metric);
    int queryBits = meta.readByte();
    if (queryBits != QUERY_BITS[0] && queryBits != QUERY_BITS[1]) {
      throw new CorruptIndexException("query bits should be 4 or 8; found " + queryBits, meta);
    }
    float error = readMeasure(meta, "error", Float.MAX_VALUE);
    float rerankDepth = readMeasure(meta, "rerank depth", MAX_RERANK_DEPTH);
    float[] mean = readFloats(meta, dimension, "mean");
    if (isManhattan) {
      float[] deviations = readFloats(meta, dimension, "deviation from the mean");
      return new CodeModel(
          layout, metric, queryBits, error, rerankDepth, mean, deviations, 0, new float[0][]);
    }
    long seed = meta.readLong();
    int count = meta.readInt();
    if (count < 0
        || count > MAX_CENTROIDS
        || (long) count * dimension * Float.BYTES > meta.length() - meta.getFilePointer()) {
      throw new CorruptIndexException(
          "the number of centroids should be from 0 to "
              + MAX_CENTROIDS
              + ", and they should follow; found "
              + count,
          meta);
    }
    float[][] centroids = new float[count][];
    for (int i = 0; i < count; i++) {
      centroids[i] = readFloats(meta, dimension, "centroid");
      float square = square(centroids[i]);
      if (square > MAX_SQUARE) {
        throw new CorruptIndexException(
            "the squared norm of a centroid should be at most " + MAX_SQUARE + "; found " + square,
            meta);
      }
    }
    return new CodeModel(
        layout, metric, queryBits, error, rerankDepth, mean, null, seed, centroids);
  }

  private static float readMeasure(IndexInput meta, String what, float max) throws IOException {
    float value = Float.intBitsToFloat(meta.readInt());
    if ((value >= 0 && value <= max) == false) {
      throw new CorruptIndexException(
          "the " + what + " of codes should be from 0 to " + max + "; found " + value, meta);
    }
    return value;
  }

  /** Reads floats, which must be finite. */
  static float[] readFloats(IndexInput meta, int count, String what) throws IOException {
    if ((long) count * Float.BYTES > meta.length() - meta.getFilePointer()) {
      throw new CorruptIndexException(
          "the " + what + " should follow; found the end of the file", meta);
    }
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Float.intBitsToFloat(meta.readInt());
      if (Float.isFinite(values[i]) == false) {
        throw new CorruptIndexException(
            "the " + what + " should be finite; found " + values[i] + " in dimension " + i, meta);
      }
    }
    return values;
  }

  /** The number of bytes on the heap. */
  long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(mean)
        + (deviations == null ? 0 : RamUsageEstimator.sizeOf(deviations))
        + (long) centroids.length * layout.dimension() * Float.BYTES;
  }
}

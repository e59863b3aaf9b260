/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer.QuantizationResult;
import org.lucenelmdb.vectors.VectorMetric;

/**
 * Makes records of vectors. With Lucene's metrics the arithmetic is {@link
 * OptimizedScalarQuantizer}'s: a component of a vector x less the centroid c is about {@code lower
 * + step * q}, with q from 0 to 2^bits - 1, or from -128 to 127 with 8 bits. The corrections are
 * such that for a query y
 *
 * <pre>score = lower * (sum of Y) + step * (q · Y) + rest</pre>
 *
 * grows with the similarity, where Y is about y less c, and {@code rest} is x·c, or -|x - c|²/2 for
 * EUCLIDEAN. With COSINE, vectors are brought to unit length first.
 *
 * <p>With MANHATTAN, a component is rounded to the nearest of {@code bits} + 1 levels about the
 * centroid, {@link #levels} times the dimension's deviation from it, and plane p has a bit where
 * that is above level p. So its distance from a query's component is that of level 0, and for each
 * of its bits what going up by that level adds, which is the query's affair alone.
 *
 * <p>Not thread-safe.
 */
public final class CodeQuantizer {

  /**
   * The levels by the number of bits, which have the least mean squared error for a normal
   * distribution (Max, Quantizing for minimum distortion, 1960, table I).
   */
  static float[] levels(int bits) {
    return switch (bits) {
      case 1 -> new float[] {-0.798f, 0.798f};
      case 2 -> new float[] {-1.224f, 0, 1.224f};
      case 4 -> new float[] {-1.724f, -0.7646f, 0, 0.7646f, 1.724f};
      default ->
          new float[] {-2.255f, -1.476f, -0.9188f, -0.4436f, 0, 0.4436f, 0.9188f, 1.476f, 2.255f};
    };
  }

  private final CodeLayout layout;
  private final VectorMetric metric;
  private final OptimizedScalarQuantizer quantizer;
  private final float[] centroid;
  private final float[] deviations;
  private final float[] levels;
  private final float[] centered;
  private final byte[] components;
  private final ByteBuffer record;

  /**
   * Prepares.
   *
   * @param centroid of the field's vectors; of those of unit length with COSINE
   * @param deviations from the centroid in each dimension, with MANHATTAN; else null
   */
  public CodeQuantizer(
      CodeLayout layout, VectorMetric metric, float[] centroid, float[] deviations) {
    this.layout = layout;
    this.metric = metric;
    // Lucene's quantizer asserts unit centroids with COSINE; what it computes is the same
    this.quantizer =
        new OptimizedScalarQuantizer(
            metric == VectorMetric.COSINE
                ? VectorSimilarityFunction.DOT_PRODUCT
                : metric.function());
    this.centroid = centroid;
    this.deviations = deviations;
    this.levels = levels(layout.bits());
    this.centered = new float[layout.dimension()];
    this.components = new byte[layout.dimension()];
    this.record = ByteBuffer.allocate(layout.recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether there are codes for a metric. */
  public static boolean canQuantize(VectorMetric metric) {
    return metric != VectorMetric.HAMMING;
  }

  /**
   * A vector's record, which is overwritten by the next call.
   *
   * @param ord the vector's ordinal
   */
  public byte[] record(float[] vector, int ord) {
    Arrays.fill(record.array(), (byte) 0);
    record.clear().putInt(ord);
    if (layout.isManhattan()) {
      quantizeToLevels(vector);
    } else {
      quantize(vector);
    }
    return record.array();
  }

  private void quantize(float[] vector) {
    System.arraycopy(vector, 0, centered, 0, centered.length);
    if (metric == VectorMetric.COSINE) {
      VectorUtil.l2normalize(centered, false); // other formats let zero vectors in
    }
    QuantizationResult result =
        quantizer.scalarQuantize(centered, components, (byte) layout.bits(), centroid);
    float lower = result.lowerInterval();
    float step = (result.upperInterval() - lower) / ((1 << layout.bits()) - 1);
    float rest = result.additionalCorrection();
    if (metric == VectorMetric.EUCLIDEAN) {
      rest = -rest / 2;
    }
    if (layout.hasPlanes() == false) {
      lower += -Byte.MIN_VALUE * step; // as components become signed
    }
    record.putFloat(lower).putFloat(step).putFloat(rest);
    if (layout.hasPlanes()) {
      for (int plane = 0; plane < layout.bits(); plane++) {
        for (int i = 0; i < components.length; i++) {
          setBit(plane, i, components[i] >> plane & 1);
        }
      }
    } else {
      for (int i = 0; i < components.length; i++) {
        record.array()[layout.codeOffset() + i] = (byte) (components[i] + Byte.MIN_VALUE);
      }
    }
  }

  private void quantizeToLevels(float[] vector) {
    for (int i = 0; i < vector.length; i++) {
      float x = vector[i] - centroid[i];
      for (int plane = 0; plane < layout.bits(); plane++) {
        float middle = deviations[i] * (levels[plane] + levels[plane + 1]) / 2;
        setBit(plane, i, x > middle ? 1 : 0);
      }
    }
  }

  private void setBit(int plane, int i, int bit) {
    int at = layout.codeOffset() + plane * layout.planeBytes() + i / Byte.SIZE;
    record.array()[at] |= (byte) (bit << i % Byte.SIZE);
  }
}

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
 * Makes records of vectors. The arithmetic is {@link OptimizedScalarQuantizer}'s: a component of a
 * vector x less the centroid c is about {@code lower + step * q}, with q from 0 to 2^bits - 1, or
 * from -128 to 127 with 8 bits. The corrections are such that for a query y
 *
 * <pre>order = lower * (sum of Y) + step * (q · Y) + rest</pre>
 *
 * grows with the similarity, where Y is about y less c, and {@code rest} is x·c, or -|x - c|²/2 for
 * EUCLIDEAN.
 *
 * <p>With COSINE, vectors are brought to unit length first. Not thread-safe.
 */
public final class CodeQuantizer {

  private final CodeLayout layout;
  private final VectorMetric metric;
  private final OptimizedScalarQuantizer quantizer;
  private final float[] centroid;
  private final float[] centered;
  private final byte[] components;
  private final ByteBuffer record;

  /**
   * Prepares.
   *
   * @param centroid of the field's vectors; of those of unit length with COSINE
   */
  public CodeQuantizer(CodeLayout layout, VectorMetric metric, float[] centroid) {
    this.layout = layout;
    this.metric = metric;
    // Lucene's quantizer asserts unit centroids with COSINE; what it computes is the same
    this.quantizer =
        new OptimizedScalarQuantizer(
            metric == VectorMetric.COSINE
                ? VectorSimilarityFunction.DOT_PRODUCT
                : metric.function());
    this.centroid = centroid;
    this.centered = new float[layout.dimension()];
    this.components = new byte[layout.dimension()];
    this.record = ByteBuffer.allocate(layout.recordBytes()).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Whether there are codes for a metric. */
  public static boolean canQuantize(VectorMetric metric) {
    return metric.isLucenes();
  }

  /**
   * A vector's record, which is overwritten by the next call.
   *
   * @param ord the vector's ordinal
   */
  public byte[] record(float[] vector, int ord) {
    System.arraycopy(vector, 0, centered, 0, centered.length);
    if (metric == VectorMetric.COSINE) {
      VectorUtil.l2normalize(centered);
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
    record.clear().putFloat(lower).putFloat(step).putFloat(rest).putInt(ord);
    pack(record.array());
    return record.array();
  }

  private void pack(byte[] bytes) {
    int at = CodeLayout.CODE;
    Arrays.fill(bytes, at, bytes.length, (byte) 0);
    if (layout.hasPlanes()) {
      for (int plane = 0; plane < layout.bits(); plane++) {
        int start = at + plane * layout.planeBytes();
        for (int i = 0; i < components.length; i++) {
          bytes[start + i / 8] |= (byte) ((components[i] >> plane & 1) << i % 8);
        }
      }
    } else {
      for (int i = 0; i < components.length; i++) {
        bytes[at + i] = (byte) (components[i] + Byte.MIN_VALUE);
      }
    }
  }
}

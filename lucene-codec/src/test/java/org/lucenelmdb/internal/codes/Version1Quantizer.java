/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer.QuantizationResult;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Makes records of kind INTERVALS, as the format did when it was at version 1: segments have them
 * still.
 */
final class Version1Quantizer {

  private Version1Quantizer() {}

  static byte[] record(CodeModel model, float[] vector, int ord) {
    CodeLayout layout = model.layout();
    VectorMetric metric = model.metric();
    OptimizedScalarQuantizer quantizer =
        new OptimizedScalarQuantizer(
            metric == VectorMetric.COSINE
                ? VectorSimilarityFunction.DOT_PRODUCT
                : metric.function());
    float[] centered = vector.clone();
    if (metric == VectorMetric.COSINE) {
      VectorUtil.l2normalize(centered, false);
    }
    byte[] components = new byte[layout.dimension()];
    QuantizationResult result =
        quantizer.scalarQuantize(centered, components, (byte) layout.bits(), model.mean());
    float lower = result.lowerInterval();
    float step = (result.upperInterval() - lower) / ((1 << layout.bits()) - 1);
    float rest = result.additionalCorrection();
    if (metric == VectorMetric.EUCLIDEAN) {
      rest = -rest / 2;
    }
    if (layout.bits() == 8) {
      lower += 128 * step; // as components become signed
    }
    int planeBytes = (layout.dimension() + 7) / 8;
    byte[] record = new byte[layout.recordBytes()];
    ByteBuffer.wrap(record)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ord)
        .putFloat(lower)
        .putFloat(step)
        .putFloat(rest);
    for (int i = 0; i < components.length; i++) {
      if (layout.bits() == 8) {
        record[16 + i] = (byte) (components[i] - 128);
        continue;
      }
      for (int plane = 0; plane < layout.bits(); plane++) {
        int bit = components[i] >> plane & 1;
        record[16 + plane * planeBytes + i / 8] |= (byte) (bit << i % 8);
      }
    }
    return record;
  }
}

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

/** Quantizes vectors to records of kind INTERVALS, like version 1 of the file format. */
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
    float lowerBound = result.lowerInterval();
    float scale = (result.upperInterval() - lowerBound) / ((1 << layout.bits()) - 1);
    float correction = result.additionalCorrection();
    if (metric == VectorMetric.EUCLIDEAN) {
      correction = -correction / 2;
    }
    if (layout.bits() == 8) {
      lowerBound += 128 * scale; // because components become signed
    }
    int bitPlaneBytes = (layout.dimension() + 7) / 8;
    byte[] record = new byte[layout.recordBytes()];
    ByteBuffer.wrap(record)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(ord)
        .putFloat(lowerBound)
        .putFloat(scale)
        .putFloat(correction);
    for (int i = 0; i < components.length; i++) {
      if (layout.bits() == 8) {
        record[16 + i] = (byte) (components[i] - 128);
        continue;
      }
      for (int plane = 0; plane < layout.bits(); plane++) {
        int bit = components[i] >> plane & 1;
        record[16 + plane * bitPlaneBytes + i / 8] |= (byte) (bit << i % 8);
      }
    }
    return record;
  }
}

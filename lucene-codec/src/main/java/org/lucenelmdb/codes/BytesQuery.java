/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.vectors.VectorMetric;

/** For codes of 8 bits: the query has 8 bits as well, symmetric about 0. */
final class BytesQuery extends CodeQuery {

  private final CenteredQuery centered;
  private final byte[] components;
  private final byte[] code; // for Lucene's kernel, which takes no part of an array
  private float step;
  private float sum;

  BytesQuery(CodeLayout layout, VectorMetric metric, float[] centroid) {
    super(layout);
    this.centered = new CenteredQuery(metric, centroid);
    this.components = new byte[layout.dimension()];
    this.code = new byte[layout.dimension()];
  }

  @Override
  void set(float[] target) {
    float[] values = centered.set(target);
    float max = 0;
    for (float x : values) {
      max = Math.max(max, Math.abs(x));
    }
    step = max / Byte.MAX_VALUE;
    float inverse = step > 0 ? 1 / step : 0;
    int total = 0;
    for (int i = 0; i < values.length; i++) {
      int q = Math.max(-Byte.MAX_VALUE, Math.min(Byte.MAX_VALUE, Math.round(values[i] * inverse)));
      components[i] = (byte) q;
      total += q;
    }
    sum = step * total;
  }

  @Override
  float score(byte[] record) {
    System.arraycopy(record, layout.codeOffset(), code, 0, code.length);
    return score(record, sum, step * VectorUtil.dotProduct(components, code));
  }

  @Override
  boolean canScoreInPlace() {
    return false;
  }

  @Override
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    throw new UnsupportedOperationException();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/** Compares codes of 8 bits, by Lucene's dot product of bytes. */
final class ByteCodeQuery extends QuantizedQuery {

  private final CodeModel.Preparation preparation;
  private final CorrectiveTerms constants;
  private final byte[] components;
  private final byte[] code; // for Lucene's kernel, which takes no part of an array
  private float step;

  ByteCodeQuery(CodeModel model) {
    super(model.layout());
    this.preparation = model.preparation();
    // bytes are components less 128
    this.constants = new CorrectiveTerms(model, CodeQuantizer.middle(layout.bits()) + Byte.MIN_VALUE);
    this.components = new byte[layout.dimension()];
    this.code = new byte[layout.dimension()];
  }

  @Override
  void set(float[] target) {
    float[] prepared = preparation.apply(target);
    float max = 0;
    for (float x : prepared) {
      max = Math.max(max, Math.abs(x));
    }
    step = max / Byte.MAX_VALUE;
    float inverse = step > 0 ? 1 / step : 0;
    int total = 0;
    for (int i = 0; i < prepared.length; i++) {
      int q =
          Math.max(-Byte.MAX_VALUE, Math.min(Byte.MAX_VALUE, Math.round(prepared[i] * inverse)));
      components[i] = (byte) q;
      total += q;
    }
    constants.set(prepared, step * total);
  }

  @Override
  float score(byte[] record) {
    System.arraycopy(record, layout.codeOffset(), code, 0, code.length);
    return constants.score(record, step * VectorUtil.dotProduct(components, code));
  }

  @Override
  boolean canScoreInPlace() {
    return false;
  }

  @Override
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    throw new UnsupportedOperationException();
  }

  @Override
  double errorScale(byte[] record, float score) {
    return constants.errorScale(record);
  }
}

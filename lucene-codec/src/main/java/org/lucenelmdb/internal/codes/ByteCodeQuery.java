/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/** Compares a query of signed bytes with codes of signed bytes, by Lucene's dot product. */
final class ByteCodeQuery implements QuantizedQuery {

  private final CodeLayout layout;
  private final CodeModel.Preparation preparation;
  private final CorrectiveTerms terms;
  private final byte[] components;
  private final byte[] code; // a copy: Lucene's dot product takes whole arrays only
  private float scale; // a value of the query is about scale * component

  ByteCodeQuery(CodeModel model) {
    this.layout = model.layout();
    this.preparation = model.preparation();
    // a stored byte is the component minus 128
    this.terms = new CorrectiveTerms(model, CodeQuantizer.middle(layout.bits()) + Byte.MIN_VALUE);
    this.components = new byte[layout.dimension()];
    this.code = new byte[layout.dimension()];
  }

  @Override
  public void setTarget(float[] target) {
    float[] prepared = preparation.apply(target);
    float max = 0;
    for (float x : prepared) {
      max = Math.max(max, Math.abs(x));
    }
    scale = max / Byte.MAX_VALUE;
    float inverse = scale > 0 ? 1 / scale : 0;
    int total = 0;
    for (int i = 0; i < prepared.length; i++) {
      int q =
          Math.max(-Byte.MAX_VALUE, Math.min(Byte.MAX_VALUE, Math.round(prepared[i] * inverse)));
      components[i] = (byte) q;
      total += q;
    }
    terms.setTarget(prepared, scale * total);
  }

  @Override
  public float score(byte[] record) {
    System.arraycopy(record, layout.codeOffset(), code, 0, code.length);
    return terms.score(record, scale * VectorUtil.dotProduct(components, code));
  }

  @Override
  public boolean canScoreInPlace() {
    return false;
  }

  @Override
  public void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    throw new UnsupportedOperationException();
  }

  @Override
  public double errorScale(byte[] record, float score) {
    return terms.errorScale(record);
  }
}

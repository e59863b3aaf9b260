/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.Arrays;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Compares a query with codes of 1, 2 or 4 bits, one bit plane at a time. The dot product with bit
 * plane p is multiplied by 2<sup>p</sup>.
 */
final class BitPlaneCodeQuery implements QuantizedQuery {

  private final CodeLayout layout;
  private final CodeModel.Preparation preparation;
  private final QuantizedWeights weights;
  private final CorrectiveTerms terms;

  BitPlaneCodeQuery(CodeModel model) {
    this.layout = model.layout();
    this.preparation = model.preparation();
    this.weights = new QuantizedWeights(layout, model.queryBits());
    this.terms = new CorrectiveTerms(model, CodeQuantizer.middle(layout.bits()));
  }

  @Override
  public void setTarget(float[] target) {
    float[] prepared = preparation.apply(target);
    weights.set(prepared);
    terms.setTarget(prepared, weights.sum());
  }

  @Override
  public float score(byte[] record) {
    float product = 0;
    for (int plane = 0; plane < layout.bits(); plane++) {
      product += (1 << plane) * weights.sum(record, layout.bitPlaneOffset(plane));
    }
    return terms.score(record, product);
  }

  @Override
  public boolean canScoreInPlace() {
    return true;
  }

  @Override
  public void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    Arrays.fill(scores, 0, count, 0);
    for (int plane = 0; plane < layout.bits(); plane++) {
      weights.addSums(memory, addresses, count, layout.bitPlaneOffset(plane), 1 << plane, scores);
    }
    terms.score(memory, addresses, count, scores);
  }

  @Override
  public double errorScale(byte[] record, float score) {
    return terms.errorScale(record);
  }
}

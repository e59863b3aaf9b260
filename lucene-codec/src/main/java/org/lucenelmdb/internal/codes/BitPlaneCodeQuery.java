/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.Arrays;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Compares codes of 1, 2 and 4 bits: the product with each bit plane counts twice the one before.
 */
final class BitPlaneCodeQuery extends QuantizedQuery {

  private final CodeModel.Preparation preparation;
  private final QuantizedWeights query;
  private final CorrectiveTerms constants;

  BitPlaneCodeQuery(CodeModel model) {
    super(model.layout());
    this.preparation = model.preparation();
    this.query = new QuantizedWeights(layout, model.queryBits());
    this.constants = new CorrectiveTerms(model, CodeQuantizer.middle(layout.bits()));
  }

  @Override
  void set(float[] target) {
    float[] prepared = preparation.apply(target);
    query.set(prepared);
    constants.set(prepared, query.sum());
  }

  @Override
  float score(byte[] record) {
    float product = 0;
    for (int plane = 0; plane < layout.bits(); plane++) {
      product += (1 << plane) * query.sum(record, offset(plane));
    }
    return constants.score(record, product);
  }

  private int offset(int plane) {
    return layout.codeOffset() + plane * layout.planeBytes();
  }

  @Override
  boolean canScoreInPlace() {
    return true;
  }

  @Override
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    Arrays.fill(scores, 0, count, 0);
    for (int plane = 0; plane < layout.bits(); plane++) {
      query.addSums(memory, addresses, count, offset(plane), 1 << plane, scores);
    }
    constants.score(memory, addresses, count, scores);
  }

  @Override
  double errorScale(byte[] record, float score) {
    return constants.errorScale(record);
  }
}

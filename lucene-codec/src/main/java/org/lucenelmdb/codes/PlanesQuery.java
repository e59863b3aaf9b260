/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.vectors.VectorMetric;

/** For codes of 1, 2 and 4 bits: plane p counts 2^p times. */
final class PlanesQuery extends CodeQuery {

  private final CenteredQuery centered;
  private final PlaneQuery query;
  private long[] sums = new long[0];

  PlanesQuery(CodeLayout layout, VectorMetric metric, float[] centroid) {
    super(layout);
    this.centered = new CenteredQuery(metric, centroid);
    this.query = new PlaneQuery(layout.dimension());
  }

  @Override
  void set(float[] target) {
    query.set(centered.set(target));
  }

  @Override
  float score(byte[] record) {
    float product = 0;
    for (int plane = 0; plane < layout.bits(); plane++) {
      int at = layout.codeOffset() + plane * layout.planeBytes();
      long sum = PlaneQuery.KERNELS.planes(query.planes, query.words, record, at);
      product += query.sum(sum) * (1 << plane);
    }
    return score(record, query.sum(), product);
  }

  @Override
  boolean canScoreInPlace() {
    return true;
  }

  @Override
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    sums = ArrayUtil.growNoCopy(sums, count);
    for (int plane = 0; plane < layout.bits(); plane++) {
      int offset = layout.codeOffset() + plane * layout.planeBytes();
      PlaneQuery.KERNELS.planes(query.planes, query.words, memory, addresses, count, offset, sums);
      for (int i = 0; i < count; i++) {
        float product = query.sum(sums[i]) * (1 << plane);
        scores[i] = plane == 0 ? product : scores[i] + product;
      }
    }
    float querySum = query.sum();
    for (int i = 0; i < count; i++) {
      scores[i] = score(memory, addresses[i], querySum, scores[i]);
    }
  }
}

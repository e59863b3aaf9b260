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
  private final SignQuery signs;
  private float[] values;
  private boolean hasSigns; // not before they are needed, as most searches need none
  private long[] sums = new long[0];

  PlanesQuery(CodeLayout layout, VectorMetric metric, float[] centroid) {
    super(layout);
    this.centered = new CenteredQuery(metric, centroid);
    this.query = new PlaneQuery(layout);
    this.signs = new SignQuery(layout);
  }

  @Override
  void set(float[] target) {
    values = centered.set(target);
    query.set(values);
    hasSigns = false;
  }

  @Override
  float score(byte[] record) {
    float product = 0;
    for (int plane = 0; plane < layout.bits(); plane++) {
      int at = layout.codeOffset() + plane * layout.planeBytes();
      long sum = PlaneQuery.KERNELS.planes(query.planes, query.shape, record, at);
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
      PlaneQuery.KERNELS.planes(query.planes, query.shape, memory, addresses, count, offset, sums);
      for (int i = 0; i < count; i++) {
        float product = query.sum(sums[i]) * (1 << plane);
        scores[i] = plane == 0 ? product : scores[i] + product;
      }
    }
    addCorrections(memory, addresses, count, scores);
  }

  @Override
  boolean canEstimate() {
    return true;
  }

  @Override
  void estimate(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    if (hasSigns == false) {
      signs.set(values);
      hasSigns = true;
    }
    signs.products(memory, addresses, count, scores);
    addCorrections(memory, addresses, count, scores);
  }

  private void addCorrections(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    float querySum = query.sum();
    for (int i = 0; i < count; i++) {
      scores[i] = score(memory, addresses[i], querySum, scores[i]);
    }
  }
}

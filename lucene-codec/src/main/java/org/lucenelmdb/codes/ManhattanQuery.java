/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.util.Arrays;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.kernels.OffHeapBytes;

/**
 * For codes of levels, with MANHATTAN: for each plane, what going up by its level adds to the
 * distance from the query, in each dimension.
 */
final class ManhattanQuery extends CodeQuery {

  private final float[] centroid;
  private final float[] deviations;
  private final float[] levels;
  private final PlaneQuery[] steps;
  private final float[] values;
  private float lowest; // the distance from level 0 in all dimensions
  private long[] sums = new long[0];

  ManhattanQuery(CodeLayout layout, float[] centroid, float[] deviations) {
    super(layout);
    this.centroid = centroid;
    this.deviations = deviations;
    this.levels = CodeQuantizer.levels(layout.bits());
    this.steps = new PlaneQuery[layout.bits()];
    Arrays.setAll(steps, plane -> new PlaneQuery(layout));
    this.values = new float[layout.dimension()];
  }

  @Override
  void set(float[] target) {
    lowest = 0;
    for (int i = 0; i < values.length; i++) {
      lowest += distance(target, i, 0);
    }
    for (int plane = 0; plane < steps.length; plane++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = distance(target, i, plane + 1) - distance(target, i, plane);
      }
      steps[plane].set(values);
    }
  }

  private float distance(float[] target, int i, int level) {
    return Math.abs(target[i] - centroid[i] - deviations[i] * levels[level]);
  }

  @Override
  float score(byte[] record) {
    float distance = lowest;
    for (int plane = 0; plane < steps.length; plane++) {
      int at = layout.codeOffset() + plane * layout.planeBytes();
      PlaneQuery step = steps[plane];
      distance += step.sum(PlaneQuery.KERNELS.planes(step.planes, step.shape, record, at));
    }
    return -distance;
  }

  @Override
  boolean canScoreInPlace() {
    return true;
  }

  @Override
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    sums = ArrayUtil.growNoCopy(sums, count);
    Arrays.fill(scores, 0, count, -lowest);
    for (int plane = 0; plane < steps.length; plane++) {
      int offset = layout.codeOffset() + plane * layout.planeBytes();
      PlaneQuery step = steps[plane];
      PlaneQuery.KERNELS.planes(step.planes, step.shape, memory, addresses, count, offset, sums);
      for (int i = 0; i < count; i++) {
        scores[i] -= step.sum(sums[i]);
      }
    }
  }
}

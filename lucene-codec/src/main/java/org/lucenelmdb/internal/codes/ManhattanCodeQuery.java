/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.Arrays;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Compares codes of levels with a query by Manhattan distance: that from the lowest level in all
 * dimensions, and for each plane what the next level changes where the plane has a bit.
 */
final class ManhattanCodeQuery extends QuantizedQuery {

  private final float[] mean;
  private final float[] deviations;
  private final float[] levels;
  private final QuantizedWeights[] steps;
  private final float[] values;
  private float lowest; // the distance from level 0 in all dimensions

  ManhattanCodeQuery(CodeModel model) {
    super(model.layout());
    this.mean = model.mean();
    this.deviations = model.deviations();
    this.levels = CodeQuantizer.levels(layout.bits());
    this.steps = new QuantizedWeights[layout.bits()];
    Arrays.setAll(steps, plane -> new QuantizedWeights(layout, model.queryBits()));
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
    return Math.abs(target[i] - mean[i] - deviations[i] * levels[level]);
  }

  private int offset(int plane) {
    return layout.codeOffset() + plane * layout.planeBytes();
  }

  @Override
  float score(byte[] record) {
    float distance = lowest;
    for (int plane = 0; plane < steps.length; plane++) {
      distance += steps[plane].sum(record, offset(plane));
    }
    return -distance;
  }

  @Override
  boolean canScoreInPlace() {
    return true;
  }

  @Override
  void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    Arrays.fill(scores, 0, count, -lowest);
    for (int plane = 0; plane < steps.length; plane++) {
      steps[plane].addSums(memory, addresses, count, offset(plane), -1, scores);
    }
  }

  /** The distance. */
  @Override
  double errorScale(byte[] record, float score) {
    return Math.abs(score);
  }
}

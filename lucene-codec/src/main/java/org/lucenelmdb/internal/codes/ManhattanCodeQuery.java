/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.util.Arrays;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Compares a query with codes of kind LEVELS by Manhattan distance. The distance is the sum of the
 * query's distance from level 0 in all dimensions and, for each bit that is set in bit plane p, the
 * change of the distance between level p and level p + 1 of its dimension.
 */
final class ManhattanCodeQuery implements QuantizedQuery {

  private final CodeLayout layout;
  private final float[] mean;
  private final float[] deviations;
  private final float[] levels;
  private final QuantizedWeights[] changes; // by bit plane
  private final float[] values;
  private float base; // the distance from level 0 in all dimensions

  ManhattanCodeQuery(CodeModel model) {
    this.layout = model.layout();
    this.mean = model.mean();
    this.deviations = model.deviations();
    this.levels = CodeQuantizer.levels(layout.bits());
    this.changes = new QuantizedWeights[layout.bits()];
    Arrays.setAll(changes, plane -> new QuantizedWeights(layout, model.queryBits()));
    this.values = new float[layout.dimension()];
  }

  @Override
  public void setTarget(float[] target) {
    base = 0;
    for (int i = 0; i < values.length; i++) {
      base += distance(target, i, 0);
    }
    for (int plane = 0; plane < changes.length; plane++) {
      for (int i = 0; i < values.length; i++) {
        values[i] = distance(target, i, plane + 1) - distance(target, i, plane);
      }
      changes[plane].set(values);
    }
  }

  private float distance(float[] target, int i, int level) {
    return Math.abs(target[i] - mean[i] - deviations[i] * levels[level]);
  }

  @Override
  public float score(byte[] record) {
    float distance = base;
    for (int plane = 0; plane < changes.length; plane++) {
      distance += changes[plane].sum(record, layout.bitPlaneOffset(plane));
    }
    return -distance;
  }

  @Override
  public boolean canScoreInPlace() {
    return true;
  }

  @Override
  public void score(OffHeapBytes memory, long[] addresses, int count, float[] scores) {
    Arrays.fill(scores, 0, count, -base);
    for (int plane = 0; plane < changes.length; plane++) {
      changes[plane].addSums(memory, addresses, count, layout.bitPlaneOffset(plane), -1, scores);
    }
  }

  /** Returns the distance, because the errors of codes are proportional to it. */
  @Override
  public double errorScale(byte[] record, float score) {
    return Math.abs(score);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.util.Arrays;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.kernels.OffHeapBytes;
import org.lucenelmdb.kernels.PlaneDifferences;
import org.lucenelmdb.kernels.PlaneShape;

/**
 * A query of which no more is left than which components are above 0: it is compared with the
 * highest plane of a code in a third of the time that {@link PlaneQuery} takes, and says about the
 * same. For one thread.
 */
final class SignQuery {

  private final CodeLayout layout;
  private final PlaneShape shape;
  private final long[] mask;
  private final long[] signs;
  private int[] differences = new int[0];
  private int positive;
  private float mean;
  private float others; // what the other planes add on average

  SignQuery(CodeLayout layout) {
    this.layout = layout;
    int before = layout.codeOffset() + highest() * layout.planeBytes();
    this.shape = PlaneShape.of(1, layout.planeBytes(), before);
    this.mask = new long[shape.words()];
    this.signs = new long[shape.words()];
    for (int i = 0; i < layout.dimension(); i++) {
      set(mask, shape.bit(i));
    }
  }

  private int highest() {
    return layout.bits() - 1;
  }

  private static void set(long[] words, int bit) {
    words[bit / Long.SIZE] |= 1L << bit % Long.SIZE;
  }

  /** Changes the query. */
  void set(float[] values) {
    Arrays.fill(signs, 0);
    positive = 0;
    double total = 0;
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += values[i];
      total += Math.abs(values[i]);
      if (values[i] > 0) {
        set(signs, shape.bit(i));
        positive++;
      }
    }
    mean = (float) (total / values.length);
    others = (float) (((1 << highest()) - 1) / 2.0 * sum);
  }

  /** About the sum of the values times the codes' components, for each record. */
  void products(OffHeapBytes memory, long[] addresses, int count, float[] products) {
    differences = ArrayUtil.growNoCopy(differences, count);
    int offset = layout.codeOffset() + highest() * layout.planeBytes();
    PlaneDifferences.count(signs, mask, shape, memory, addresses, count, offset, differences);
    float scale = mean * (1 << highest());
    for (int i = 0; i < count; i++) {
      products[i] = scale * (positive - differences[i]) + others;
    }
  }
}

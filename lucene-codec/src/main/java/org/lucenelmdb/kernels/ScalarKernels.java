/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.kernels;

/** Plain Java: the definition of what the kernels compute. */
final class ScalarKernels implements Kernels {

  @Override
  public float manhattan(float[] a, float[] b) {
    checkLengths(a.length, b.length);
    // Four sums: an addition need not wait for the one before it. The JIT may not reorder these.
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int i = 0;
    for (int end = a.length & -4; i < end; i += 4) {
      sum0 += Math.abs(a[i] - b[i]);
      sum1 += Math.abs(a[i + 1] - b[i + 1]);
      sum2 += Math.abs(a[i + 2] - b[i + 2]);
      sum3 += Math.abs(a[i + 3] - b[i + 3]);
    }
    for (; i < a.length; i++) {
      sum0 += Math.abs(a[i] - b[i]);
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }

  @Override
  public int manhattan(byte[] a, byte[] b) {
    checkLengths(a.length, b.length);
    int sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }

  private static void checkLengths(int a, int b) {
    if (a != b) {
      throw new IllegalArgumentException("vector dimensions differ: " + a + "!=" + b);
    }
  }

  @Override
  public String toString() {
    return "ScalarKernels";
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/** The kernels in plain Java: the reference implementation. */
final class ScalarKernels implements Kernels {

  @Override
  public float manhattan(float[] a, float[] b) {
    checkLengths(a.length, b.length);
    // Four independent sums, so that additions overlap: the JIT may not reorder float additions.
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

  @Override
  public void dotProducts(
      float[] vector, float[][] others, int[] indices, int count, float[] products) {
    for (int i = 0; i < count; i++) {
      products[i] = VectorUtil.dotProduct(vector, others[indices[i]]);
    }
  }

  @Override
  public void squareDistances(
      float[] vector, float[][] others, int[] indices, int count, float[] squares) {
    for (int i = 0; i < count; i++) {
      squares[i] = VectorUtil.squareDistance(vector, others[indices[i]]);
    }
  }

  @Override
  public int bitPlaneWords() {
    return 1;
  }

  @Override
  public long bitPlaneProducts(long[] query, BitPlaneShape shape, byte[] bytes, int at) {
    int words = shape.words();
    int all = 0;
    int ones = 0;
    int twos = 0;
    int fours = 0;
    int eights = 0;
    for (int w = 0; w < words; w++) {
      long word = (long) BitUtil.VH_LE_LONG.get(bytes, at + shape.from(w));
      ones += Long.bitCount(word & query[w]);
      twos += Long.bitCount(word & query[words + w]);
      fours += Long.bitCount(word & query[2 * words + w]);
      eights += Long.bitCount(word & query[3 * words + w]);
      all += Long.bitCount(word & query[4 * words + w]);
    }
    return (long) all << Integer.SIZE | ones + 2 * twos + 4 * fours + 8 * eights;
  }

  @Override
  public void bitPlaneProducts(
      long[] query,
      BitPlaneShape shape,
      OffHeapBytes memory,
      long[] addresses,
      int count,
      int offset,
      long[] products) {
    int words = shape.words();
    for (int i = 0; i < count; i++) {
      long at = addresses[i] + offset;
      int all = 0;
      int ones = 0;
      int twos = 0;
      int fours = 0;
      int eights = 0;
      for (int w = 0; w < words; w++) {
        long word = memory.getLong(at + shape.from(w));
        ones += Long.bitCount(word & query[w]);
        twos += Long.bitCount(word & query[words + w]);
        fours += Long.bitCount(word & query[2 * words + w]);
        eights += Long.bitCount(word & query[3 * words + w]);
        all += Long.bitCount(word & query[4 * words + w]);
      }
      products[i] = (long) all << Integer.SIZE | ones + 2 * twos + 4 * fours + 8 * eights;
    }
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

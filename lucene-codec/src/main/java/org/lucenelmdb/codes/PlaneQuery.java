/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.kernels.Kernels;
import org.lucenelmdb.kernels.PlaneShape;

/**
 * A number for each dimension, quantized to 4 bits, to be added up where a plane of bits has one.
 * For one thread.
 *
 * <p>The interval is of a fixed number of standard deviations: optimizing it, as {@link
 * CodeQuantizer} does, would take as long as hundreds of sums.
 */
final class PlaneQuery {

  static final Kernels KERNELS = Kernels.best();

  /** How far from the mean, in standard deviations, values may lie. */
  private static final float SPREAD = 2.514f;

  private static final int STEPS = (1 << Kernels.QUERY_PLANES) - 1;

  private final int dimension;
  private final byte[] components; // by their bits in the planes; others are 0

  /** As {@link Kernels#planes} wants it. */
  final long[] planes;

  /** How planes are read. */
  final PlaneShape shape;

  // a value is about lower + step * component
  private float lower;
  private float step;
  private float sum;

  /**
   * A query for the planes of a layout.
   *
   * @param layout of records with planes
   */
  PlaneQuery(CodeLayout layout) {
    this.dimension = layout.dimension();
    this.shape = PlaneShape.of(KERNELS.planeWords(), layout.planeBytes(), layout.codeOffset());
    this.components = new byte[shape.words() * Long.SIZE];
    this.planes = new long[(Kernels.QUERY_PLANES + 1) * shape.words()];
    for (int i = 0; i < dimension; i++) {
      int bit = shape.bit(i);
      planes[Kernels.QUERY_PLANES * shape.words() + bit / Long.SIZE] |= 1L << bit % Long.SIZE;
    }
  }

  /** Changes the numbers. */
  void set(float[] values) {
    double total = 0; // floats would lose small deviations from a large mean, and overflow
    double squares = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float x : values) {
      total += x;
      squares += (double) x * x;
      min = Math.min(min, x);
      max = Math.max(max, x);
    }
    double mean = total / dimension;
    double deviation = Math.sqrt(Math.max(0, squares / dimension - mean * mean));
    lower = (float) Math.max(min, mean - SPREAD * deviation);
    step = (float) ((Math.min(max, mean + SPREAD * deviation) - lower) / STEPS);
    float inverse = step > 0 ? 1 / step : 0;
    int quantized = 0;
    for (int i = 0; i < dimension; i++) {
      int q = (int) ((values[i] - lower) * inverse + 0.5f);
      q = Math.max(0, Math.min(STEPS, q));
      components[shape.bit(i)] = (byte) q;
      quantized += q;
    }
    sum = lower * dimension + step * quantized;
    setPlanes();
  }

  private void setPlanes() {
    int words = shape.words();
    for (int word = 0; word < words; word++) {
      long p0 = 0;
      long p1 = 0;
      long p2 = 0;
      long p3 = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        long eight = (long) BitUtil.VH_LE_LONG.get(components, word * Long.SIZE + i * Long.BYTES);
        int shift = i * Byte.SIZE;
        p0 |= gather(eight) << shift;
        p1 |= gather(eight >>> 1) << shift;
        p2 |= gather(eight >>> 2) << shift;
        p3 |= gather(eight >>> 3) << shift;
      }
      planes[word] = p0;
      planes[words + word] = p1;
      planes[2 * words + word] = p2;
      planes[3 * words + word] = p3;
    }
  }

  /** The lowest bits of eight bytes, as one byte. */
  private static long gather(long bytes) {
    return (bytes & 0x0101010101010101L) * 0x0102040810204080L >>> 56;
  }

  /** The sum of all values. */
  float sum() {
    return sum;
  }

  /** The sum of the values where a plane has a bit, from what {@link Kernels#planes} returns. */
  float sum(long kernelSums) {
    return lower * (int) (kernelSums >>> Integer.SIZE) + step * (int) kernelSums;
  }
}

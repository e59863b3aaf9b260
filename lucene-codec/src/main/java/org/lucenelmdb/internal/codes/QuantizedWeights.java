/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.internal.kernels.Kernels;
import org.lucenelmdb.internal.kernels.PlaneShape;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * Numbers, one for each dimension, quantized to 4 or 8 bits, to be added up where a bit plane has a
 * bit. With 8 bits, the kernel sees the upper and the lower half of the components one after the
 * other. For one thread.
 */
final class QuantizedWeights {

  private static final Kernels KERNELS = Kernels.best();

  /**
   * How far from the mean, in standard deviations, values may lie: that has the least error for a
   * normal distribution and 16 steps. What is farther is cut off, unless that is worse.
   */
  private static final float SPREAD = 2.514f;

  /** Of the sums of components that a kernel returns. */
  private static final long COMPONENTS = 0xFFFFFFFFL;

  private final int dimension;
  private final int steps;
  private final byte[] components; // by their bits in the planes; others are 0
  private final long[] low; // as Kernels.planes takes it
  private final long[] high; // null with 4 bits
  private final PlaneShape shape;

  // a value is about lower + step * component
  private float lower;
  private float step;
  private float sum;

  private long[] sums = new long[0];
  private long[] highSums = new long[0];

  /**
   * A query for the planes of a layout.
   *
   * @param layout of records with planes
   * @param bits 4 or 8
   */
  QuantizedWeights(CodeLayout layout, int bits) {
    this.dimension = layout.dimension();
    this.steps = (1 << bits) - 1;
    this.shape = PlaneShape.of(KERNELS.planeWords(), layout.planeBytes(), layout.codeOffset());
    this.components = new byte[shape.words() * Long.SIZE];
    this.low = newPlanes();
    this.high = bits > Kernels.QUERY_PLANES ? newPlanes() : null;
  }

  private long[] newPlanes() {
    long[] planes = new long[(Kernels.QUERY_PLANES + 1) * shape.words()];
    for (int i = 0; i < dimension; i++) {
      int bit = shape.bit(i);
      planes[Kernels.QUERY_PLANES * shape.words() + bit / Long.SIZE] |= 1L << bit % Long.SIZE;
    }
    return planes;
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
    double spread = SPREAD * Math.sqrt(Math.max(0, squares / dimension - mean * mean));
    float cutMin = (float) Math.max(min, mean - spread);
    float cutMax = (float) Math.min(max, mean + spread);
    if (high != null || error(values, min, max) < error(values, cutMin, cutMax)) {
      quantize(values, min, max);
    } else {
      quantize(values, cutMin, cutMax);
    }
    setPlanes(low, 0);
    if (high != null) {
      setPlanes(high, Kernels.QUERY_PLANES);
    }
  }

  private float step(float min, float max) {
    return (max - min) / steps;
  }

  /** The sum of the squared errors of a quantization. */
  private float error(float[] values, float min, float max) {
    float width = step(min, max);
    float inverse = width > 0 ? 1 / width : 0;
    float error = 0;
    for (int i = 0; i < dimension; i++) {
      float x = values[i] - min;
      int q = Math.max(0, Math.min(steps, (int) (x * inverse + 0.5f)));
      float difference = x - width * q;
      error += difference * difference;
    }
    return error;
  }

  private void quantize(float[] values, float min, float max) {
    lower = min;
    step = step(min, max);
    float inverse = step > 0 ? 1 / step : 0;
    int quantized = 0;
    for (int i = 0; i < dimension; i++) {
      int q = Math.max(0, Math.min(steps, (int) ((values[i] - lower) * inverse + 0.5f)));
      components[shape.bit(i)] = (byte) q;
      quantized += q;
    }
    sum = (float) ((double) lower * dimension + (double) step * quantized); // nearly cancel out
  }

  private void setPlanes(long[] planes, int shift) {
    int words = shape.words();
    for (int word = 0; word < words; word++) {
      long p0 = 0;
      long p1 = 0;
      long p2 = 0;
      long p3 = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        long eight =
            (long) BitUtil.VH_LE_LONG.get(components, word * Long.SIZE + i * Long.BYTES) >>> shift;
        int position = i * Byte.SIZE;
        p0 |= gather(eight) << position;
        p1 |= gather(eight >>> 1) << position;
        p2 |= gather(eight >>> 2) << position;
        p3 |= gather(eight >>> 3) << position;
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

  /** The sum of the values where a plane has a bit. */
  float sum(byte[] record, int at) {
    long both = KERNELS.planes(low, shape, record, at);
    if (high != null) {
      both += (KERNELS.planes(high, shape, record, at) & COMPONENTS) << Kernels.QUERY_PLANES;
    }
    return sum(both);
  }

  /**
   * Adds the sums of the values where planes have bits.
   *
   * @param addresses of the records
   * @param offset of the plane in its record
   * @param factor of each sum
   * @param totals to which they are added
   */
  void addSums(
      OffHeapBytes memory, long[] addresses, int count, int offset, float factor, float[] totals) {
    sums = ArrayUtil.growNoCopy(sums, count);
    KERNELS.planes(low, shape, memory, addresses, count, offset, sums);
    if (high != null) {
      highSums = ArrayUtil.growNoCopy(highSums, count);
      KERNELS.planes(high, shape, memory, addresses, count, offset, highSums);
      for (int i = 0; i < count; i++) {
        sums[i] += (highSums[i] & COMPONENTS) << Kernels.QUERY_PLANES;
      }
    }
    for (int i = 0; i < count; i++) {
      totals[i] += factor * sum(sums[i]);
    }
  }

  /** From what {@link Kernels#planes} returns. */
  private float sum(long kernelSums) {
    return lower * (int) (kernelSums >>> Integer.SIZE) + step * (int) kernelSums;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.internal.kernels.BitPlaneShape;
import org.lucenelmdb.internal.kernels.Kernels;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * A weight for each dimension, quantized to 4 or 8 bits. Computes the sum of the weights whose
 * dimensions have a set bit in a bit plane. The kernel supports 4 bits; with 8 bits it runs twice,
 * on the lower and on the upper half of the weights' components. Not thread-safe.
 */
final class QuantizedWeights {

  private static final Kernels KERNELS = Kernels.best();

  /**
   * The maximum distance of a weight from the mean with 4 bits, in standard deviations. It
   * minimizes the error of a normal distribution quantized to 16 values. Weights that are farther
   * away are clipped, unless clipping increases the error.
   */
  private static final float CLIP_DEVIATIONS = 2.514f;

  /** Masks the sum of components in a result of the kernel. */
  private static final long COMPONENTS = 0xFFFFFFFFL;

  private final int dimension;
  private final int maxComponent;
  private final byte[] components; // by BitPlaneShape.bit; all others are 0
  private final long[] low; // bit planes in the layout of Kernels.bitPlaneProducts
  private final long[] high; // null with 4 bits
  private final BitPlaneShape shape;

  // a weight is about lowerBound + scale * component
  private float lowerBound;
  private float scale;
  private float sum;

  private long[] sums = new long[0];
  private long[] highSums = new long[0];

  /**
   * Creates weights for the bit planes of records.
   *
   * @param layout the layout of the records, which must have bit planes
   * @param bits 4 or 8
   */
  QuantizedWeights(CodeLayout layout, int bits) {
    this.dimension = layout.dimension();
    this.maxComponent = (1 << bits) - 1;
    this.shape =
        BitPlaneShape.of(KERNELS.bitPlaneWords(), layout.bitPlaneBytes(), layout.codeOffset());
    this.components = new byte[shape.words() * Long.SIZE];
    this.low = newBitPlanes();
    this.high = bits > Kernels.QUERY_BIT_PLANES ? newBitPlanes() : null;
  }

  private long[] newBitPlanes() {
    long[] planes = new long[(Kernels.QUERY_BIT_PLANES + 1) * shape.words()];
    for (int i = 0; i < dimension; i++) {
      int bit = shape.bit(i);
      planes[Kernels.QUERY_BIT_PLANES * shape.words() + bit / Long.SIZE] |= 1L << bit % Long.SIZE;
    }
    return planes;
  }

  /** Changes the weights. */
  void set(float[] values) {
    double total = 0; // a float would overflow, and lose small deviations from a large mean
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
    double spread = CLIP_DEVIATIONS * Math.sqrt(Math.max(0, squares / dimension - mean * mean));
    float clippedMin = (float) Math.max(min, mean - spread);
    float clippedMax = (float) Math.min(max, mean + spread);
    if (high != null || error(values, min, max) < error(values, clippedMin, clippedMax)) {
      quantize(values, min, max);
    } else {
      quantize(values, clippedMin, clippedMax);
    }
    setBitPlanes(low, 0);
    if (high != null) {
      setBitPlanes(high, Kernels.QUERY_BIT_PLANES);
    }
  }

  private float scale(float min, float max) {
    return (max - min) / maxComponent;
  }

  /** Returns the sum of the squared errors of quantizing to the interval from min to max. */
  private float error(float[] values, float min, float max) {
    float width = scale(min, max);
    float inverse = width > 0 ? 1 / width : 0;
    float error = 0;
    for (int i = 0; i < dimension; i++) {
      float x = values[i] - min;
      int q = Math.max(0, Math.min(maxComponent, (int) (x * inverse + 0.5f)));
      float difference = x - width * q;
      error += difference * difference;
    }
    return error;
  }

  private void quantize(float[] values, float min, float max) {
    lowerBound = min;
    scale = scale(min, max);
    float inverse = scale > 0 ? 1 / scale : 0;
    int quantized = 0;
    for (int i = 0; i < dimension; i++) {
      int q =
          Math.max(0, Math.min(maxComponent, (int) ((values[i] - lowerBound) * inverse + 0.5f)));
      components[shape.bit(i)] = (byte) q;
      quantized += q;
    }
    sum = // in double precision, because the two terms nearly cancel out
        (float) ((double) lowerBound * dimension + (double) scale * quantized);
  }

  private void setBitPlanes(long[] planes, int shift) {
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

  /** Gathers the lowest bit of each of eight bytes into one byte. */
  private static long gather(long bytes) {
    return (bytes & 0x0101010101010101L) * 0x0102040810204080L >>> 56;
  }

  /** Returns the sum of all quantized weights. */
  float sum() {
    return sum;
  }

  /**
   * Returns the sum of the weights whose bit is set in a bit plane.
   *
   * @param offset the offset of the bit plane in the record
   */
  float sum(byte[] record, int offset) {
    long both = KERNELS.bitPlaneProducts(low, shape, record, offset);
    if (high != null) {
      both +=
          (KERNELS.bitPlaneProducts(high, shape, record, offset) & COMPONENTS)
              << Kernels.QUERY_BIT_PLANES;
    }
    return sum(both);
  }

  /**
   * Adds factor * {@link #sum(byte[], int)} of each record to a total.
   *
   * @param addresses the addresses of the records
   * @param offset the offset of the bit plane in a record
   * @param totals the totals of the records
   */
  void addSums(
      OffHeapBytes memory, long[] addresses, int count, int offset, float factor, float[] totals) {
    sums = ArrayUtil.growNoCopy(sums, count);
    KERNELS.bitPlaneProducts(low, shape, memory, addresses, count, offset, sums);
    if (high != null) {
      highSums = ArrayUtil.growNoCopy(highSums, count);
      KERNELS.bitPlaneProducts(high, shape, memory, addresses, count, offset, highSums);
      for (int i = 0; i < count; i++) {
        sums[i] += (highSums[i] & COMPONENTS) << Kernels.QUERY_BIT_PLANES;
      }
    }
    for (int i = 0; i < count; i++) {
      totals[i] += factor * sum(sums[i]);
    }
  }

  /** Converts a result of {@link Kernels#bitPlaneProducts} to a sum of weights. */
  private float sum(long kernelSums) {
    return lowerBound * (int) (kernelSums >>> Integer.SIZE) + scale * (int) kernelSums;
  }
}

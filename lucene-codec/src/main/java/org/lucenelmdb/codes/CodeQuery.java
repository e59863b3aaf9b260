/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.kernels.Kernels;
import org.lucenelmdb.kernels.MappedMemory;
import org.lucenelmdb.vectors.VectorMetric;

/**
 * A query, quantized, to be compared with records. For one thread, and one query after the other.
 *
 * <p>The query has 4 bits for each dimension, 8 where codes have 8, over an interval of a fixed
 * number of standard deviations: optimizing the interval, as {@link CodeQuantizer} does, would take
 * as long as hundreds of comparisons.
 */
final class CodeQuery {

  private static final Kernels KERNELS = Kernels.best();
  private static final int PLANES = Kernels.QUERY_PLANES;

  /** How far from the mean, in standard deviations, values may lie. */
  private static final float SPREAD = 2.514f;

  private static final int STEPS = (1 << PLANES) - 1;

  private final CodeLayout layout;
  private final VectorMetric metric;
  private final float[] centroid;
  private final float[] centered;
  private final byte[] components; // up to a multiple of 8, with zeros in the end
  private final int words; // of a plane
  private final long[] planes; // of the components, plane after plane, then one full of ones
  private final byte[] code; // of bytes, for Lucene's kernel
  private long[] sums = new long[0];

  // a component of the query is about lower + step * q
  private float lower;
  private float step;
  private float sum;

  CodeQuery(CodeLayout layout, VectorMetric metric, float[] centroid) {
    this.layout = layout;
    this.metric = metric;
    this.centroid = centroid;
    this.centered = new float[layout.dimension()];
    int atOnce = KERNELS.planeWords() * Long.BYTES;
    this.words = (layout.planeBytes() + atOnce - 1) / atOnce * KERNELS.planeWords();
    if (layout.hasPlanes()) {
      this.components = new byte[words * Long.SIZE];
      this.planes = new long[(PLANES + 1) * words];
      for (int i = 0; i < layout.dimension(); i++) {
        planes[PLANES * words + i / Long.SIZE] |= 1L << i % Long.SIZE;
      }
      this.code = null;
    } else {
      this.components = new byte[layout.dimension()];
      this.planes = null;
      this.code = new byte[layout.dimension()];
    }
  }

  /** The number of bytes behind a record that may be read, whatever they are. */
  static final int SLACK_BYTES = Kernels.PLANE_SLACK_BYTES;

  /** Changes the query. */
  void set(float[] target) {
    System.arraycopy(target, 0, centered, 0, centered.length);
    if (metric == VectorMetric.COSINE) {
      VectorUtil.l2normalize(centered);
    }
    for (int i = 0; i < centered.length; i++) {
      centered[i] -= centroid[i];
    }
    if (layout.hasPlanes()) {
      setInterval();
      setPlanes();
    } else {
      setBytes();
    }
  }

  /** Symmetric about 0. */
  private void setBytes() {
    float max = 0;
    for (float x : centered) {
      max = Math.max(max, Math.abs(x));
    }
    lower = 0;
    step = max / Byte.MAX_VALUE;
    float inverse = max > 0 ? 1 / step : 0;
    int total = 0;
    for (int i = 0; i < centered.length; i++) {
      int q = Math.round(centered[i] * inverse);
      components[i] = (byte) q;
      total += q;
    }
    sum = step * total;
  }

  private void setInterval() {
    float total = 0;
    float squares = 0;
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (float x : centered) {
      total += x;
      squares += x * x;
      min = Math.min(min, x);
      max = Math.max(max, x);
    }
    float mean = total / centered.length;
    float deviation = (float) Math.sqrt(Math.max(0, squares / centered.length - mean * mean));
    lower = Math.max(min, mean - SPREAD * deviation);
    step = (Math.min(max, mean + SPREAD * deviation) - lower) / STEPS;
    float inverse = step > 0 ? 1 / step : 0;
    int quantized = 0;
    for (int i = 0; i < centered.length; i++) {
      int q = (int) ((centered[i] - lower) * inverse + 0.5f);
      q = Math.max(0, Math.min(STEPS, q));
      components[i] = (byte) q;
      quantized += q;
    }
    sum = lower * centered.length + step * quantized;
  }

  private void setPlanes() {
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

  /**
   * The score of a record: grows with the similarity.
   *
   * @param record with {@link #SLACK_BYTES} behind it
   */
  float score(byte[] record) {
    float product;
    if (layout.hasPlanes()) {
      product = 0;
      for (int plane = 0; plane < layout.bits(); plane++) {
        int at = CodeLayout.CODE + plane * layout.planeBytes();
        product += product(KERNELS.planes(planes, words, record, at)) * (1 << plane);
      }
    } else {
      System.arraycopy(record, CodeLayout.CODE, code, 0, code.length);
      product = step * VectorUtil.dotProduct(components, code);
    }
    return score(
        (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.LOWER),
        (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.STEP),
        (float) BitUtil.VH_LE_FLOAT.get(record, CodeLayout.REST),
        product);
  }

  /** The scores of records of planes. */
  void score(MappedMemory memory, long[] addresses, int count, float[] scores) {
    sums = ArrayUtil.growNoCopy(sums, count);
    for (int plane = 0; plane < layout.bits(); plane++) {
      int offset = CodeLayout.CODE + plane * layout.planeBytes();
      KERNELS.planes(planes, words, memory, addresses, count, offset, sums);
      for (int i = 0; i < count; i++) {
        float product = product(sums[i]) * (1 << plane);
        scores[i] = plane == 0 ? product : scores[i] + product;
      }
    }
    for (int i = 0; i < count; i++) {
      scores[i] =
          score(
              memory.getFloat(addresses[i] + CodeLayout.LOWER),
              memory.getFloat(addresses[i] + CodeLayout.STEP),
              memory.getFloat(addresses[i] + CodeLayout.REST),
              scores[i]);
    }
  }

  /** The dot product of the query and a plane, from what {@link Kernels#planes} returns. */
  private float product(long sums) {
    return lower * (int) (sums >>> Integer.SIZE) + step * (int) sums;
  }

  private float score(float codeLower, float codeStep, float rest, float product) {
    return codeLower * sum + codeStep * product + rest;
  }
}

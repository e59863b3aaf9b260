/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.apache.lucene.util.Constants;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.offheap.Foreign;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * The kernels with the Vector API, an incubator module. The package documentation explains how this
 * class is compiled and loaded.
 *
 * <p>Public only so that a test can load it by its own class loaders, once per vector width: the
 * JIT needs the width to be a constant.
 */
public final class VectorKernels implements Kernels {

  /** For tests: a system property that overrides the JVM's preferred vector width, in bits. */
  static final String BITS_PROPERTY = "org.lucenelmdb.internal.kernels.bits";

  private static final int MIN_BITS = 128;

  private static final Integer FORCED_BITS = Integer.getInteger(BITS_PROPERTY);

  private static final VectorShape SHAPE =
      FORCED_BITS == null ? VectorShape.preferredShape() : VectorShape.forBitSize(FORCED_BITS);

  private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);
  private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

  /**
   * The vector species, of at most 256 bits, because bit planes are short: 384 dimensions would
   * fill three quarters of a 512-bit vector, whose lanes take longer to add up. On a machine with
   * 512-bit vectors, searches took 9 % longer with them.
   */
  private static final VectorShape PLANE_SHAPE =
      FORCED_BITS == null && SHAPE.vectorBitSize() > VectorShape.S_256_BIT.vectorBitSize()
          ? VectorShape.S_256_BIT
          : SHAPE;

  private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, PLANE_SHAPE);
  private static final VectorSpecies<Byte> PLANE_BYTES = VectorSpecies.of(byte.class, PLANE_SHAPE);

  /** ByteVector.fromMemorySegment, as a method handle for the reason that {@link Foreign} gives. */
  private static final MethodHandle LOAD;

  static {
    try {
      MethodHandle load =
          MethodHandles.lookup()
              .findStatic(
                  ByteVector.class,
                  "fromMemorySegment",
                  MethodType.methodType(
                      ByteVector.class,
                      VectorSpecies.class,
                      Foreign.SEGMENT,
                      long.class,
                      ByteOrder.class));
      LOAD =
          MethodHandles.insertArguments(load, 0, PLANE_BYTES)
              .asType(
                  MethodType.methodType(
                      ByteVector.class, Object.class, long.class, ByteOrder.class));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * The number of times that two unsigned bytes can be added to a short: 64 * 2 * 255 is below
   * 2^15.
   */
  private static final int SHORT_ADDITIONS = 64;

  /**
   * Creates the kernels.
   *
   * @throws UnsupportedOperationException if the CPU's vectors are shorter than 128 bits
   */
  public VectorKernels() {
    if (FORCED_BITS == null && SHAPE.vectorBitSize() < MIN_BITS) {
      throw new UnsupportedOperationException("vectors have " + SHAPE.vectorBitSize() + " bits");
    }
  }

  @Override
  public float manhattan(float[] a, float[] b) {
    checkLengths(a.length, b.length);
    int length = FLOATS.length();
    int i = 0;
    float sum = 0;
    if (a.length >= length) {
      // four independent sums, so that additions overlap
      FloatVector sum0 = FloatVector.zero(FLOATS);
      FloatVector sum1 = FloatVector.zero(FLOATS);
      FloatVector sum2 = FloatVector.zero(FLOATS);
      FloatVector sum3 = FloatVector.zero(FLOATS);
      for (int last = a.length - 4 * length; i <= last; i += 4 * length) {
        sum0 = sum0.add(distance(a, b, i));
        sum1 = sum1.add(distance(a, b, i + length));
        sum2 = sum2.add(distance(a, b, i + 2 * length));
        sum3 = sum3.add(distance(a, b, i + 3 * length));
      }
      for (int last = a.length - length; i <= last; i += length) {
        sum0 = sum0.add(distance(a, b, i));
      }
      sum = sum0.add(sum1).add(sum2.add(sum3)).reduceLanes(VectorOperators.ADD);
    }
    for (; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }

  private static FloatVector distance(float[] a, float[] b, int i) {
    return FloatVector.fromArray(FLOATS, a, i).sub(FloatVector.fromArray(FLOATS, b, i)).abs();
  }

  @Override
  public int manhattan(byte[] a, byte[] b) {
    checkLengths(a.length, b.length);
    int length = BYTES.length();
    int i = 0;
    int sum = 0;
    if (a.length >= length) {
      IntVector sums = IntVector.zero(INTS);
      for (int end = BYTES.loopBound(a.length); i < end; ) {
        ShortVector shorts = ShortVector.zero(SHORTS);
        for (int stop = Math.min(end, i + SHORT_ADDITIONS * length); i < stop; i += length) {
          ByteVector x = ByteVector.fromArray(BYTES, a, i);
          ByteVector y = ByteVector.fromArray(BYTES, b, i);
          // at most 255, which fits an unsigned byte; two of them form a short
          ShortVector pairs = x.max(y).sub(x.min(y)).reinterpretAsShorts();
          shorts =
              shorts
                  .add(pairs.and((short) 0xFF))
                  .add(pairs.lanewise(VectorOperators.LSHR, Byte.SIZE));
        }
        IntVector pairs = shorts.reinterpretAsInts();
        sums = sums.add(pairs.and(0xFFFF)).add(pairs.lanewise(VectorOperators.LSHR, Short.SIZE));
      }
      sum = sums.reduceLanes(VectorOperators.ADD);
    }
    for (; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }

  @Override
  public void dotProducts(
      float[] vector, float[][] others, int[] indices, int count, float[] products) {
    int i = 0;
    for (int last = count - 4; i <= last; i += 4) {
      float[] a = others[indices[i]];
      float[] b = others[indices[i + 1]];
      float[] c = others[indices[i + 2]];
      float[] d = others[indices[i + 3]];
      checkLengths(vector.length, a.length, b.length, c.length, d.length);
      FloatVector sumA = FloatVector.zero(FLOATS);
      FloatVector sumB = FloatVector.zero(FLOATS);
      FloatVector sumC = FloatVector.zero(FLOATS);
      FloatVector sumD = FloatVector.zero(FLOATS);
      int end = FLOATS.loopBound(vector.length);
      for (int at = 0; at < end; at += FLOATS.length()) {
        FloatVector v = FloatVector.fromArray(FLOATS, vector, at);
        sumA = sumOfProduct(v, FloatVector.fromArray(FLOATS, a, at), sumA);
        sumB = sumOfProduct(v, FloatVector.fromArray(FLOATS, b, at), sumB);
        sumC = sumOfProduct(v, FloatVector.fromArray(FLOATS, c, at), sumC);
        sumD = sumOfProduct(v, FloatVector.fromArray(FLOATS, d, at), sumD);
      }
      float productA = sumA.reduceLanes(VectorOperators.ADD);
      float productB = sumB.reduceLanes(VectorOperators.ADD);
      float productC = sumC.reduceLanes(VectorOperators.ADD);
      float productD = sumD.reduceLanes(VectorOperators.ADD);
      for (int at = end; at < vector.length; at++) {
        productA += vector[at] * a[at];
        productB += vector[at] * b[at];
        productC += vector[at] * c[at];
        productD += vector[at] * d[at];
      }
      products[i] = productA;
      products[i + 1] = productB;
      products[i + 2] = productC;
      products[i + 3] = productD;
    }
    for (; i < count; i++) {
      products[i] = VectorUtil.dotProduct(vector, others[indices[i]]);
    }
  }

  // This repeats the loop of dotProducts on purpose: vectors that pass through a method that the
  // JIT does not inline become objects.

  @Override
  public void squareDistances(
      float[] vector, float[][] others, int[] indices, int count, float[] squares) {
    int i = 0;
    for (int last = count - 4; i <= last; i += 4) {
      float[] a = others[indices[i]];
      float[] b = others[indices[i + 1]];
      float[] c = others[indices[i + 2]];
      float[] d = others[indices[i + 3]];
      checkLengths(vector.length, a.length, b.length, c.length, d.length);
      FloatVector sumA = FloatVector.zero(FLOATS);
      FloatVector sumB = FloatVector.zero(FLOATS);
      FloatVector sumC = FloatVector.zero(FLOATS);
      FloatVector sumD = FloatVector.zero(FLOATS);
      int end = FLOATS.loopBound(vector.length);
      for (int at = 0; at < end; at += FLOATS.length()) {
        FloatVector v = FloatVector.fromArray(FLOATS, vector, at);
        FloatVector byA = v.sub(FloatVector.fromArray(FLOATS, a, at));
        FloatVector byB = v.sub(FloatVector.fromArray(FLOATS, b, at));
        FloatVector byC = v.sub(FloatVector.fromArray(FLOATS, c, at));
        FloatVector byD = v.sub(FloatVector.fromArray(FLOATS, d, at));
        sumA = sumOfProduct(byA, byA, sumA);
        sumB = sumOfProduct(byB, byB, sumB);
        sumC = sumOfProduct(byC, byC, sumC);
        sumD = sumOfProduct(byD, byD, sumD);
      }
      float squareA = sumA.reduceLanes(VectorOperators.ADD);
      float squareB = sumB.reduceLanes(VectorOperators.ADD);
      float squareC = sumC.reduceLanes(VectorOperators.ADD);
      float squareD = sumD.reduceLanes(VectorOperators.ADD);
      for (int at = end; at < vector.length; at++) {
        squareA += (vector[at] - a[at]) * (vector[at] - a[at]);
        squareB += (vector[at] - b[at]) * (vector[at] - b[at]);
        squareC += (vector[at] - c[at]) * (vector[at] - c[at]);
        squareD += (vector[at] - d[at]) * (vector[at] - d[at]);
      }
      squares[i] = squareA;
      squares[i + 1] = squareB;
      squares[i + 2] = squareC;
      squares[i + 3] = squareD;
    }
    for (; i < count; i++) {
      squares[i] = VectorUtil.squareDistance(vector, others[indices[i]]);
    }
  }

  private static FloatVector sumOfProduct(FloatVector a, FloatVector b, FloatVector sum) {
    return Constants.HAS_FAST_VECTOR_FMA ? a.fma(b, sum) : a.mul(b).add(sum);
  }

  @Override
  public int bitPlaneWords() {
    return LONGS.length();
  }

  // The loops below call no methods of this class. If the JIT does not inline such a method because
  // its caller has become large, its vectors are passed as objects: searches then took twice as
  // long, in some JVM runs and not in others.

  @Override
  public long bitPlaneProducts(long[] query, BitPlaneShape shape, byte[] bytes, int at) {
    int words = shape.words();
    int last = words - LONGS.length();
    LongVector sums = LongVector.zero(LONGS);
    for (int w = 0; w < words; w += LONGS.length()) {
      int from = w == last ? shape.tail() : w * Long.BYTES;
      LongVector plane = ByteVector.fromArray(PLANE_BYTES, bytes, at + from).reinterpretAsLongs();
      LongVector q0 = LongVector.fromArray(LONGS, query, w);
      LongVector q1 = LongVector.fromArray(LONGS, query, words + w);
      LongVector q2 = LongVector.fromArray(LONGS, query, 2 * words + w);
      LongVector q3 = LongVector.fromArray(LONGS, query, 3 * words + w);
      LongVector all = LongVector.fromArray(LONGS, query, 4 * words + w);
      LongVector ones = plane.and(q0).lanewise(VectorOperators.BIT_COUNT);
      LongVector twos = plane.and(q1).lanewise(VectorOperators.BIT_COUNT);
      LongVector fours = plane.and(q2).lanewise(VectorOperators.BIT_COUNT);
      LongVector eights = plane.and(q3).lanewise(VectorOperators.BIT_COUNT);
      LongVector bits = plane.and(all).lanewise(VectorOperators.BIT_COUNT);
      LongVector low = twos.lanewise(VectorOperators.LSHL, 1).add(ones);
      LongVector high = eights.lanewise(VectorOperators.LSHL, 1).add(fours);
      sums =
          sums.add(low)
              .add(high.lanewise(VectorOperators.LSHL, 2))
              .add(bits.lanewise(VectorOperators.LSHL, Integer.SIZE));
    }
    return sums.reduceLanes(VectorOperators.ADD);
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
    try {
      if (shape.words() == 2 * LONGS.length()) {
        twoVectors(query, shape.tail(), memory.segment(), addresses, count, offset, products);
      } else {
        manyVectors(query, shape, memory.segment(), addresses, count, offset, products);
      }
    } catch (Throwable e) {
      throw OffHeapBytes.failure(e);
    }
  }

  private static void manyVectors(
      long[] query,
      BitPlaneShape shape,
      Object segment,
      long[] addresses,
      int count,
      int offset,
      long[] products)
      throws Throwable {
    int words = shape.words();
    int last = words - LONGS.length();
    for (int i = 0; i < count; i++) {
      long at = addresses[i] + offset;
      LongVector both = LongVector.zero(LONGS);
      for (int w = 0; w < words; w += LONGS.length()) {
        int from = w == last ? shape.tail() : w * Long.BYTES;
        LongVector plane =
            ((ByteVector) LOAD.invokeExact(segment, at + from, ByteOrder.LITTLE_ENDIAN))
                .reinterpretAsLongs();
        LongVector q0 = LongVector.fromArray(LONGS, query, w);
        LongVector q1 = LongVector.fromArray(LONGS, query, words + w);
        LongVector q2 = LongVector.fromArray(LONGS, query, 2 * words + w);
        LongVector q3 = LongVector.fromArray(LONGS, query, 3 * words + w);
        LongVector all = LongVector.fromArray(LONGS, query, 4 * words + w);
        LongVector ones = plane.and(q0).lanewise(VectorOperators.BIT_COUNT);
        LongVector twos = plane.and(q1).lanewise(VectorOperators.BIT_COUNT);
        LongVector fours = plane.and(q2).lanewise(VectorOperators.BIT_COUNT);
        LongVector eights = plane.and(q3).lanewise(VectorOperators.BIT_COUNT);
        LongVector bits = plane.and(all).lanewise(VectorOperators.BIT_COUNT);
        LongVector low = twos.lanewise(VectorOperators.LSHL, 1).add(ones);
        LongVector high = eights.lanewise(VectorOperators.LSHL, 1).add(fours);
        both =
            both.add(low)
                .add(high.lanewise(VectorOperators.LSHL, 2))
                .add(bits.lanewise(VectorOperators.LSHL, Integer.SIZE));
      }
      products[i] = both.reduceLanes(VectorOperators.ADD);
    }
  }

  /**
   * {@link #manyVectors} for bit planes of two vectors, with the whole query in registers. The JIT
   * does not keep it there by itself, because the stores to {@code products} might alias it. A
   * third faster at 384 dimensions.
   */
  private static void twoVectors(
      long[] query,
      int tail,
      Object segment,
      long[] addresses,
      int count,
      int offset,
      long[] products)
      throws Throwable {
    int length = LONGS.length();
    LongVector ones0 = LongVector.fromArray(LONGS, query, 0);
    LongVector ones1 = LongVector.fromArray(LONGS, query, length);
    LongVector twos0 = LongVector.fromArray(LONGS, query, 2 * length);
    LongVector twos1 = LongVector.fromArray(LONGS, query, 3 * length);
    LongVector fours0 = LongVector.fromArray(LONGS, query, 4 * length);
    LongVector fours1 = LongVector.fromArray(LONGS, query, 5 * length);
    LongVector eights0 = LongVector.fromArray(LONGS, query, 6 * length);
    LongVector eights1 = LongVector.fromArray(LONGS, query, 7 * length);
    LongVector all0 = LongVector.fromArray(LONGS, query, 8 * length);
    LongVector all1 = LongVector.fromArray(LONGS, query, 9 * length);
    for (int i = 0; i < count; i++) {
      long at = addresses[i] + offset;
      LongVector plane0 =
          ((ByteVector) LOAD.invokeExact(segment, at, ByteOrder.LITTLE_ENDIAN))
              .reinterpretAsLongs();
      LongVector plane1 =
          ((ByteVector) LOAD.invokeExact(segment, at + tail, ByteOrder.LITTLE_ENDIAN))
              .reinterpretAsLongs();
      LongVector ones =
          plane0
              .and(ones0)
              .lanewise(VectorOperators.BIT_COUNT)
              .add(plane1.and(ones1).lanewise(VectorOperators.BIT_COUNT));
      LongVector twos =
          plane0
              .and(twos0)
              .lanewise(VectorOperators.BIT_COUNT)
              .add(plane1.and(twos1).lanewise(VectorOperators.BIT_COUNT));
      LongVector fours =
          plane0
              .and(fours0)
              .lanewise(VectorOperators.BIT_COUNT)
              .add(plane1.and(fours1).lanewise(VectorOperators.BIT_COUNT));
      LongVector eights =
          plane0
              .and(eights0)
              .lanewise(VectorOperators.BIT_COUNT)
              .add(plane1.and(eights1).lanewise(VectorOperators.BIT_COUNT));
      LongVector all =
          plane0
              .and(all0)
              .lanewise(VectorOperators.BIT_COUNT)
              .add(plane1.and(all1).lanewise(VectorOperators.BIT_COUNT));
      LongVector low = twos.lanewise(VectorOperators.LSHL, 1).add(ones);
      LongVector high = eights.lanewise(VectorOperators.LSHL, 1).add(fours);
      products[i] =
          high.lanewise(VectorOperators.LSHL, 2)
              .add(low)
              .add(all.lanewise(VectorOperators.LSHL, Integer.SIZE))
              .reduceLanes(VectorOperators.ADD);
    }
  }

  private static void checkLengths(int length, int a, int b, int c, int d) {
    checkLengths(length, a);
    checkLengths(length, b);
    checkLengths(length, c);
    checkLengths(length, d);
  }

  private static void checkLengths(int a, int b) {
    if (a != b) {
      throw new IllegalArgumentException("vector dimensions differ: " + a + "!=" + b);
    }
  }

  @Override
  public String toString() {
    return "VectorKernels(" + SHAPE.vectorBitSize() + " bits)";
  }
}

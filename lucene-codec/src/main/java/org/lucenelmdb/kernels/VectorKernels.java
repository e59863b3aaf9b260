/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.kernels;

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

/**
 * The kernels by the Vector API, which is in an incubator module: see the package's page for how
 * this class is compiled and loaded.
 *
 * <p>Public to Java only, so that a test can load it by class loaders of its own, once for each
 * width: the JIT needs the width to be a constant.
 */
public final class VectorKernels implements Kernels {

  /** A system property with the width of vectors in bits, for tests; else the JVM's choice. */
  static final String BITS_PROPERTY = "org.lucenelmdb.kernels.bits";

  private static final int MIN_BITS = 128;

  private static final Integer FORCED_BITS = Integer.getInteger(BITS_PROPERTY);

  private static final VectorShape SHAPE =
      FORCED_BITS == null ? VectorShape.preferredShape() : VectorShape.forBitSize(FORCED_BITS);

  private static final VectorSpecies<Float> FLOATS = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Byte> BYTES = VectorSpecies.of(byte.class, SHAPE);
  private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, SHAPE);
  private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, SHAPE);

  /**
   * Planes are short: with 512 bits, 384 dimensions would fill three quarters of one vector, and
   * the sum of its lanes takes longer. Measured on a machine that has them, a search took 9 %
   * longer.
   */
  private static final VectorShape PLANE_SHAPE =
      FORCED_BITS == null && SHAPE.vectorBitSize() > VectorShape.S_256_BIT.vectorBitSize()
          ? VectorShape.S_256_BIT
          : SHAPE;

  private static final VectorSpecies<Long> LONGS = VectorSpecies.of(long.class, PLANE_SHAPE);
  private static final VectorSpecies<Byte> PLANE_BYTES = VectorSpecies.of(byte.class, PLANE_SHAPE);

  /** ByteVector.fromMemorySegment; a method handle for the reason that {@link OffHeapBytes} has. */
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
                      OffHeapBytes.SEGMENT,
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

  /** How many times two unsigned bytes can be added to a short: 64 * 2 * 255 is below 2^15. */
  private static final int SHORT_ADDITIONS = 64;

  /**
   * Creates the kernels.
   *
   * @throws UnsupportedOperationException if vectors are too short to be worthwhile
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
      // four sums: an addition need not wait for the one before it
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
          // up to 255: it fits a byte that is read as unsigned, two of which make a short
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
  public int planeWords() {
    return LONGS.length();
  }

  @Override
  public long planes(long[] query, int words, byte[] bytes, int at) {
    LongVector sums = LongVector.zero(LONGS);
    for (int w = 0; w < words; w += LONGS.length()) {
      ByteVector plane = ByteVector.fromArray(PLANE_BYTES, bytes, at + w * Long.BYTES);
      sums = sums.add(planes(query, words, w, plane.reinterpretAsLongs()));
    }
    return sums.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public void planes(
      long[] query,
      int words,
      OffHeapBytes memory,
      long[] addresses,
      int count,
      int offset,
      long[] sums) {
    Object segment = memory.segment();
    try {
      if (words == 2 * LONGS.length()) {
        twoVectors(query, segment, addresses, count, offset, sums);
        return;
      }
      for (int i = 0; i < count; i++) {
        long at = addresses[i] + offset;
        LongVector both = LongVector.zero(LONGS);
        for (int w = 0; w < words; w += LONGS.length()) {
          ByteVector plane =
              (ByteVector)
                  LOAD.invokeExact(segment, at + (long) w * Long.BYTES, ByteOrder.LITTLE_ENDIAN);
          both = both.add(planes(query, words, w, plane.reinterpretAsLongs()));
        }
        sums[i] = both.reduceLanes(VectorOperators.ADD);
      }
    } catch (Throwable e) {
      throw OffHeapBytes.failure(e);
    }
  }

  /**
   * The same for planes of two vectors: all of the query is in registers, where the JIT does not
   * keep it by itself, as it cannot know that sums are no part of it. A third faster at 384
   * dimensions.
   */
  private static void twoVectors(
      long[] query, Object segment, long[] addresses, int count, int offset, long[] sums)
      throws Throwable {
    LongVector ones0 = part(query, 0);
    LongVector ones1 = part(query, 1);
    LongVector twos0 = part(query, 2);
    LongVector twos1 = part(query, 3);
    LongVector fours0 = part(query, 4);
    LongVector fours1 = part(query, 5);
    LongVector eights0 = part(query, 6);
    LongVector eights1 = part(query, 7);
    LongVector all0 = part(query, 8);
    LongVector all1 = part(query, 9);
    for (int i = 0; i < count; i++) {
      long at = addresses[i] + offset;
      LongVector plane0 =
          ((ByteVector) LOAD.invokeExact(segment, at, ByteOrder.LITTLE_ENDIAN))
              .reinterpretAsLongs();
      LongVector plane1 =
          ((ByteVector)
                  LOAD.invokeExact(
                      segment, at + (long) LONGS.length() * Long.BYTES, ByteOrder.LITTLE_ENDIAN))
              .reinterpretAsLongs();
      LongVector ones = common(plane0, ones0).add(common(plane1, ones1));
      LongVector twos = common(plane0, twos0).add(common(plane1, twos1));
      LongVector fours = common(plane0, fours0).add(common(plane1, fours1));
      LongVector eights = common(plane0, eights0).add(common(plane1, eights1));
      LongVector all = common(plane0, all0).add(common(plane1, all1));
      sums[i] = both(ones, twos, fours, eights, all).reduceLanes(VectorOperators.ADD);
    }
  }

  private static LongVector part(long[] query, int i) {
    return LongVector.fromArray(LONGS, query, i * LONGS.length());
  }

  /** Both sums of a part of a plane, in each lane one above the other. */
  private static LongVector planes(long[] query, int words, int w, LongVector plane) {
    return both(
        common(plane, query, w),
        common(plane, query, words + w),
        common(plane, query, 2 * words + w),
        common(plane, query, 3 * words + w),
        common(plane, query, 4 * words + w));
  }

  private static LongVector both(
      LongVector ones, LongVector twos, LongVector fours, LongVector eights, LongVector all) {
    return ones.add(twos.lanewise(VectorOperators.LSHL, 1))
        .add(fours.lanewise(VectorOperators.LSHL, 2).add(eights.lanewise(VectorOperators.LSHL, 3)))
        .add(all.lanewise(VectorOperators.LSHL, Integer.SIZE));
  }

  private static LongVector common(LongVector plane, long[] query, int at) {
    return common(plane, LongVector.fromArray(LONGS, query, at));
  }

  private static LongVector common(LongVector plane, LongVector query) {
    return plane.and(query).lanewise(VectorOperators.BIT_COUNT);
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

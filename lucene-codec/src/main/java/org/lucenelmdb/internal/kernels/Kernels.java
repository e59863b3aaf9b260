/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import org.lucenelmdb.internal.offheap.OffHeapBytes;

/** The inner loops of scoring. Implementations are stateless and thread-safe. */
public interface Kernels {

  /**
   * The Manhattan distance, the sum of |a[i] - b[i]|. Implementations add in different orders, so
   * their results may differ in the last digits. Each implementation returns the same result for
   * (b, a) as for (a, b).
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  float manhattan(float[] a, float[] b);

  /**
   * The Manhattan distance of signed bytes.
   *
   * @throws IllegalArgumentException if the lengths differ
   */
  int manhattan(byte[] a, byte[] b);

  /**
   * The dot products of a vector with several others. Implementations may read several vectors at
   * once, so that cache misses overlap, and add in different orders.
   *
   * @param others vectors of the same length
   * @param indices the vectors to use, by their indices in {@code others}
   * @param count the number of indices
   * @param products receives one dot product for each index
   */
  void dotProducts(float[] vector, float[][] others, int[] indices, int count, float[] products);

  /**
   * The squared Euclidean distances of a vector to several others. See {@link #dotProducts} for the
   * order of additions and the other parameters.
   *
   * @param squares receives one squared distance for each index
   */
  void squareDistances(float[] vector, float[][] others, int[] indices, int count, float[] squares);

  /** The number of 64-bit words that one SIMD vector holds: 1 to 8. */
  int bitPlaneWords();

  /** The number of bits of a query's components in {@link #bitPlaneProducts}. */
  int QUERY_BIT_PLANES = 4;

  /** The number of bytes that {@link #bitPlaneProducts} may read past the end of a bit plane. */
  int BIT_PLANE_SLACK_BYTES = 8 * Long.BYTES;

  /**
   * The dot product of a bit plane with a query, and the number of set bits of the bit plane.
   *
   * @param query {@link #QUERY_BIT_PLANES} bit planes of the components, lowest bits first, then a
   *     mask with a bit for every dimension. A dimension has bit b % 64 of word b / 64 of a bit
   *     plane, where b is its {@link BitPlaneShape#bit}. All other bits are 0.
   * @param shape the way in which bit planes are read. Each of the query's bit planes has {@link
   *     BitPlaneShape#words} words, fewer than 2<sup>21</sup>, so that the sums fit an int
   * @param bytes contains the bit plane: dimension i is bit i % 8 of byte i / 8. The bytes around
   *     it may have any value
   * @param at the bit plane's first byte
   * @return the number of set bits in the upper 32 bits, and the sum of the query's components at
   *     the set bits in the lower 32
   */
  long bitPlaneProducts(long[] query, BitPlaneShape shape, byte[] bytes, int at);

  /**
   * The results of {@link #bitPlaneProducts(long[], BitPlaneShape, byte[], int)} for several bit
   * planes outside the heap.
   *
   * @param addresses the addresses of the bit planes' first bytes minus the offset
   * @param count the number of addresses
   * @param offset added to each address
   * @param products receives one result for each address
   */
  void bitPlaneProducts(
      long[] query,
      BitPlaneShape shape,
      OffHeapBytes memory,
      long[] addresses,
      int count,
      int offset,
      long[] products);

  /** The fastest kernels that this JVM supports. */
  static Kernels best() {
    return KernelSelection.BEST;
  }
}

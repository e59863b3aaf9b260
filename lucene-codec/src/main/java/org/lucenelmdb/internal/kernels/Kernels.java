/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

import org.lucenelmdb.internal.offheap.OffHeapBytes;

/** What the kernels compute. Stateless and thread-safe. */
public interface Kernels {

  /**
   * The sum of |a[i] - b[i]|. Implementations add in different orders, and may so differ in the
   * last digits; each gives the same for (b, a) as for (a, b).
   *
   * @throws IllegalArgumentException if one array is longer than the other
   */
  float manhattan(float[] a, float[] b);

  /**
   * The sum of |a[i] - b[i]|, of signed bytes.
   *
   * @throws IllegalArgumentException if one array is longer than the other
   */
  int manhattan(byte[] a, byte[] b);

  /**
   * The dot products of a vector with others; several are read at once, so that the CPU waits for
   * memory less often. Implementations add in different orders.
   *
   * @param others a list of vectors as long as this one
   * @param indices of the others in the list
   * @param count the number of indices
   * @param products receives a dot product for each index
   */
  void dotProducts(float[] vector, float[][] others, int[] indices, int count, float[] products);

  /**
   * The squares of Euclidean distances, as {@link #dotProducts}.
   *
   * @param squares receives a square for each index
   */
  void squareDistances(float[] vector, float[][] others, int[] indices, int count, float[] squares);

  /** How many words a vector has of which {@link #bitPlaneProducts} reads planes: 1 to 8. */
  int bitPlaneWords();

  /** How many bits of a query's components {@link #bitPlaneProducts} takes. */
  int QUERY_BIT_PLANES = 4;

  /** The number of bytes that {@link #bitPlaneProducts} may read behind the end of a plane. */
  int BIT_PLANE_SLACK_BYTES = 8 * Long.BYTES;

  /**
   * Compares a plane of bits with a query.
   *
   * @param query {@link #QUERY_BIT_PLANES} planes, from the lowest bits of its components on, and
   *     one with a bit for every dimension, in which bit b % 64 of word b / 64 is that of the
   *     dimension for which {@link BitPlaneShape#bit} is b; all others are 0
   * @param shape of the query's planes, each of so many words, below 2^21, so that the sums fit an
   *     int; and how they are read
   * @param bytes has the plane: dimension i is bit i % 8 of byte i / 8. What else is read may be
   *     anything
   * @param at the plane's first byte
   * @return in the upper 32 bits the number of bits of the plane, in the lower ones the sum of the
   *     query's components where the plane has a bit
   */
  long bitPlaneProducts(long[] query, BitPlaneShape shape, byte[] bytes, int at);

  /**
   * As {@link #bitPlaneProducts(long[], BitPlaneShape, byte[], int)}, for several planes in memory
   * outside the heap.
   *
   * @param addresses the planes' first bytes, less the offset
   * @param sums receives what that method returns, for each
   */
  void bitPlaneProducts(
      long[] query,
      BitPlaneShape shape,
      OffHeapBytes memory,
      long[] addresses,
      int count,
      int offset,
      long[] sums);

  /** The kernels that are fastest in this JVM. */
  static Kernels best() {
    return KernelSelection.BEST;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

/**
 * The way in which SIMD vectors read a bit plane. Vectors are consecutive from the bit plane's
 * first byte, except that the last one ends where the bit plane ends, and may overlap the previous
 * one. Reading past the end would load one more cache line for every code that fills its cache
 * lines, and cache misses dominate the time of a search: with 384 dimensions, scoring a code that
 * was not in the CPU's caches took 120 ns instead of 30.
 *
 * <p>The query's bit planes have no overlap. In these, the dimensions of the last vector are
 * shifted to words of their own, and the bits that the vector shares with the previous one are 0.
 *
 * @param words the number of words of all vectors
 * @param tail the offset of the last vector from the bit plane's first byte; negative if the bit
 *     plane is shorter than a vector
 * @param tailBit the first dimension of the last vector that no other vector covers
 * @param tailShift the number of bits by which the query's bits at and after {@code tailBit} are
 *     shifted
 */
public record BitPlaneShape(int words, int tail, int tailBit, int tailShift) {

  /**
   * Returns the shape of a bit plane for vectors of {@code vectorWords} words.
   *
   * @param planeBytes the length of a bit plane, at least 1
   * @param bytesBefore the number of bytes before a bit plane that may be read
   */
  public static BitPlaneShape of(int vectorWords, int planeBytes, int bytesBefore) {
    int vectorBytes = vectorWords * Long.BYTES;
    int vectors = (planeBytes + vectorBytes - 1) / vectorBytes;
    int regular = (vectors - 1) * vectorBytes;
    int endAligned = planeBytes - vectorBytes;
    int tail = endAligned >= -bytesBefore ? endAligned : regular; // the latter reads past the end
    return new BitPlaneShape(
        vectors * vectorWords, tail, regular * Byte.SIZE, (regular - tail) * Byte.SIZE);
  }

  /** Returns the offset of a word from the bit plane's first byte, for vectors of one word. */
  int from(int word) {
    return word == words - 1 ? tail : word * Long.BYTES;
  }

  /** Returns the bit of a dimension in the query's bit planes. */
  public int bit(int dimension) {
    return dimension < tailBit ? dimension : dimension + tailShift;
  }
}

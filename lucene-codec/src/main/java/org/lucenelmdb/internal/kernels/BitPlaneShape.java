/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.kernels;

/**
 * How a bit plane is read by SIMD vectors. Vectors are consecutive from the plane's first byte on,
 * except that the last one ends where the plane ends and may overlap the one before it. Reading
 * past the end would load one more cache line for every code that fills its lines, and cache misses
 * dominate the time of a search: at 384 dimensions, scoring a code that was not in the CPU's caches
 * took 120 ns instead of 30.
 *
 * <p>The query's planes have no overlap: there, the dimensions of the last vector are shifted to
 * their own words, and the bits that the vector shares with the previous one are 0.
 *
 * @param words the number of words of all vectors
 * @param tail the offset of the last vector from the plane's first byte; negative if the plane is
 *     shorter than a vector
 * @param tailBit the first dimension of the last vector that no other vector covers
 * @param tailShift the distance, in bits, by which the query's bits from {@code tailBit} on are
 *     shifted
 */
public record BitPlaneShape(int words, int tail, int tailBit, int tailShift) {

  /**
   * Returns how vectors of {@code vectorWords} words read a plane.
   *
   * @param planeBytes the length of a plane, at least 1
   * @param bytesBefore the number of bytes before a plane that may be read
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

  /** The offset of a word from the plane's first byte, where vectors are single words. */
  int from(int word) {
    return word == words - 1 ? tail : word * Long.BYTES;
  }

  /** The bit of a dimension in the query's planes. */
  public int bit(int dimension) {
    return dimension < tailBit ? dimension : dimension + tailShift;
  }
}

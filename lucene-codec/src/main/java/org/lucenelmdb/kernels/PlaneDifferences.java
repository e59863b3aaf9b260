/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.kernels;

import java.util.Arrays;

/**
 * In how many bits planes differ from another one, by the CPU's instruction that counts the bits of
 * a word. Not a kernel of its own for each kind of machine: planes are short, and a vector's lanes
 * would have to be added up.
 *
 * <p>All planes are compared with four words, then with the next four: a loop over the words of
 * each plane takes three times as long, as the JIT cannot know that these are few.
 */
public final class PlaneDifferences {

  private PlaneDifferences() {}

  /**
   * Counts the bits.
   *
   * @param plane the other one, in whose words bit b % 64 of word b / 64 is that of the dimension
   *     for which {@link PlaneShape#bit} is b
   * @param mask has a bit for each of these dimensions, others do not count
   * @param shape of vectors of one word
   * @param addresses the planes' first bytes, less the offset
   * @param differences receives the number for each
   */
  public static void count(
      long[] plane,
      long[] mask,
      PlaneShape shape,
      OffHeapBytes memory,
      long[] addresses,
      int count,
      int offset,
      int[] differences) {
    Arrays.fill(differences, 0, count, 0);
    int w = 0;
    for (; w + 4 <= shape.words(); w += 4) {
      long p0 = plane[w];
      long p1 = plane[w + 1];
      long p2 = plane[w + 2];
      long p3 = plane[w + 3];
      long mask3 = mask[w + 3]; // all words but the last one are full
      int from = offset + shape.from(w);
      int last = offset + shape.from(w + 3);
      for (int i = 0; i < count; i++) {
        long at = addresses[i] + from;
        differences[i] +=
            Long.bitCount(memory.getLong(at) ^ p0)
                + Long.bitCount(memory.getLong(at + Long.BYTES) ^ p1)
                + Long.bitCount(memory.getLong(at + 2 * Long.BYTES) ^ p2)
                + Long.bitCount((memory.getLong(addresses[i] + last) ^ p3) & mask3);
      }
    }
    for (; w + 2 <= shape.words(); w += 2) {
      long p0 = plane[w];
      long p1 = plane[w + 1];
      long mask1 = mask[w + 1];
      int from = offset + shape.from(w);
      int last = offset + shape.from(w + 1);
      for (int i = 0; i < count; i++) {
        differences[i] +=
            Long.bitCount(memory.getLong(addresses[i] + from) ^ p0)
                + Long.bitCount((memory.getLong(addresses[i] + last) ^ p1) & mask1);
      }
    }
    if (w < shape.words()) {
      long p = plane[w];
      long m = mask[w];
      int from = offset + shape.from(w);
      for (int i = 0; i < count; i++) {
        differences[i] += Long.bitCount((memory.getLong(addresses[i] + from) ^ p) & m);
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

/**
 * A random orthogonal transform, which preserves dot products and distances. It spreads the
 * information of a vector evenly over the dimensions. Without it, codes of sparse, padded or
 * heavy-tailed vectors would be nearly useless. Immutable and thread-safe.
 *
 * <p>Each round flips the signs of random components, then applies a normalized <a
 * href="https://en.wikipedia.org/wiki/Fast_Walsh%E2%80%93Hadamard_transform">fast Walsh-Hadamard
 * transform</a> to a window of p components, where p is the largest power of two that is not larger
 * than the dimension n. If n is p, there are two rounds. Otherwise there are four, whose windows
 * are alternately the first and the last p components. Between the second and the third of four
 * rounds, components i and j = n - n / 2 + i become (x<sub>i</sub> + x<sub>j</sub>) / sqrt(2) and
 * (x<sub>i</sub> - x<sub>j</sub>) / sqrt(2), for i from 0 to n / 2 - 1, because windows with little
 * overlap would not mix the two halves enough.
 *
 * <p>See Ailon and Chazelle, <a href="https://doi.org/10.1137/060673096">The fast
 * Johnson-Lindenstrauss transform and approximate nearest neighbors</a>, 2009. For its use in
 * quantization, see Gao and Long, <a href="https://arxiv.org/abs/2405.12497">RaBitQ</a>, SIGMOD
 * 2024.
 *
 * <p>The sign of component i in round r is flipped if bit i % 64 of word r * ((n + 63) / 64) + i /
 * 64 is set, where word w is the output of SplitMix64 for the state seed + (w + 1) *
 * 0x9E3779B97F4A7C15. Component j of a transformed window is 1 / sqrt(p) times the sum of the
 * window's components i, each negated if i &amp; j has an odd number of set bits.
 */
final class Rotation {

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private static final float SQRT_HALF = (float) Math.sqrt(0.5);

  private final int dimension;
  private final int window;
  private final float[][]
      factors; // by round and component: the sign, times 1 / sqrt(p) in the window

  Rotation(int dimension, long seed) {
    this.dimension = dimension;
    this.window = Integer.highestOneBit(dimension);
    this.factors = new float[window == dimension ? 2 : 4][dimension];
    float norm = (float) (1 / Math.sqrt(window));
    int words = (dimension + Long.SIZE - 1) / Long.SIZE;
    for (int round = 0; round < factors.length; round++) {
      int begin = begin(round);
      for (int i = 0; i < dimension; i++) {
        long word = mix(seed + GOLDEN_GAMMA * (round * words + i / Long.SIZE + 1));
        float factor = i >= begin && i < begin + window ? norm : 1;
        factors[round][i] = (word >>> i % Long.SIZE & 1) == 0 ? factor : -factor;
      }
    }
  }

  /**
   * The output function of SplitMix64 (Steele, Lea and Flood, <a
   * href="https://doi.org/10.1145/2660193.2660195">Fast splittable pseudorandom number
   * generators</a>, 2014).
   */
  private static long mix(long state) {
    long z = (state ^ state >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }

  private int begin(int round) {
    return (round & 1) == 0 ? 0 : dimension - window;
  }

  /** Transforms a vector in place. */
  void apply(float[] vector) {
    for (int round = 0; round < factors.length; round++) {
      float[] factor = factors[round];
      for (int i = 0; i < dimension; i++) {
        vector[i] *= factor[i];
      }
      transform(vector, begin(round), window);
      if (round == 1 && window < dimension) {
        mixHalves(vector);
      }
    }
  }

  private void mixHalves(float[] vector) {
    int half = dimension / 2;
    int second = dimension - half;
    for (int i = 0; i < half; i++) {
      float a = vector[i];
      float b = vector[second + i];
      vector[i] = (a + b) * SQRT_HALF;
      vector[second + i] = (a - b) * SQRT_HALF;
    }
  }

  /**
   * Applies the Walsh-Hadamard transform, two stages at a time, which halves the number of loads
   * and stores.
   */
  private static void transform(float[] vector, int begin, int length) {
    int end = begin + length;
    int stride = 1;
    for (; 4 * stride <= length; stride *= 4) {
      for (int block = begin; block < end; block += 4 * stride) {
        for (int i = block; i < block + stride; i++) {
          float a = vector[i];
          float b = vector[i + stride];
          float c = vector[i + 2 * stride];
          float d = vector[i + 3 * stride];
          float ab = a + b;
          float cd = c + d;
          float aMinusB = a - b;
          float cMinusD = c - d;
          vector[i] = ab + cd;
          vector[i + stride] = aMinusB + cMinusD;
          vector[i + 2 * stride] = ab - cd;
          vector[i + 3 * stride] = aMinusB - cMinusD;
        }
      }
    }
    if (stride < length) {
      for (int i = begin; i < begin + stride; i++) {
        float a = vector[i];
        float b = vector[i + stride];
        vector[i] = a + b;
        vector[i + stride] = a - b;
      }
    }
  }

  /** The number of bytes on the heap. */
  long ramBytesUsed() {
    return (long) factors.length * dimension * Float.BYTES;
  }
}

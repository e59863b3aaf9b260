/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.Arrays;
import java.util.List;

/** Properties of the base that are collected in one pass over its vectors. */
final class BaseFindings {

  private final long[] hashes;
  private final float[] first;
  private final boolean[] varying;
  private final double[] sum;
  private final List<FilterChoice> choices;
  private final double[][] choiceSums;
  private int count;

  /**
   * Creates an empty collector.
   *
   * @param choices sets of ordinals whose means are needed
   */
  BaseFindings(int base, int dimension, List<FilterChoice> choices) {
    this.hashes = new long[base];
    this.first = new float[dimension];
    this.varying = new boolean[dimension];
    this.sum = new double[dimension];
    this.choices = choices;
    this.choiceSums = new double[choices.size()][dimension];
  }

  /** Adds the next vector. */
  void add(float[] vector) {
    if (count == 0) {
      System.arraycopy(vector, 0, first, 0, vector.length);
    }
    for (int i = 0; i < vector.length; i++) {
      varying[i] |= vector[i] != first[i];
      sum[i] += vector[i];
    }
    for (int c = 0; c < choiceSums.length; c++) {
      if (choices.get(c).accepted().get(count)) {
        for (int i = 0; i < vector.length; i++) {
          choiceSums[c][i] += vector[i];
        }
      }
    }
    hashes[count++] = hash(vector);
  }

  /** Ends the pass; the methods below may be called afterwards. */
  void finish() {
    Arrays.sort(hashes);
  }

  /** With 64 bits, the different vectors of any base that fits on a disk have different hashes. */
  private static long hash(float[] vector) {
    long hash = vector.length;
    for (float x : vector) {
      hash = mix(hash ^ Float.floatToRawIntBits(x));
    }
    return hash;
  }

  /** The finalizer of SplitMix64, which is a bijection. */
  private static long mix(long z) {
    z += 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** The number of vectors that have the same bytes as an earlier one. */
  int duplicates() {
    int duplicates = 0;
    for (int i = 1; i < hashes.length; i++) {
      duplicates += hashes[i] == hashes[i - 1] ? 1 : 0;
    }
    return duplicates;
  }

  /** Whether a vector of the base has the same bytes. */
  boolean contains(float[] vector) {
    return Arrays.binarySearch(hashes, hash(vector)) >= 0;
  }

  /** The number of dimensions that have the same value in all vectors. */
  int constantDimensions() {
    int constant = 0;
    for (boolean varies : varying) {
      constant += varies ? 0 : 1;
    }
    return constant;
  }

  /** The difference from the mean of the base to the mean of the vectors that a choice accepts. */
  double[] direction(int choice) {
    double[] direction = new double[sum.length];
    for (int i = 0; i < direction.length; i++) {
      direction[i] = choiceSums[choice][i] / choices.get(choice).cardinality() - sum[i] / count;
    }
    return direction;
  }
}

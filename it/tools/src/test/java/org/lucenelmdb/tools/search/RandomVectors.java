/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.util.Random;

/** Kinds of random vectors. */
public final class RandomVectors {

  private final Random random;

  public RandomVectors(Random random) {
    this.random = new Random(random.nextLong());
  }

  public float[] gaussian(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  public float[][] gaussians(int count, int dimension) {
    float[][] vectors = new float[count][];
    for (int i = 0; i < count; i++) {
      vectors[i] = gaussian(dimension);
    }
    return vectors;
  }

  /** A vector near one of the centers. */
  public float[] near(float[][] centers, float distance) {
    float[] center = centers[random.nextInt(centers.length)];
    float[] vector = gaussian(center.length);
    for (int i = 0; i < vector.length; i++) {
      vector[i] = center[i] + distance * vector[i];
    }
    return vector;
  }

  public byte[] bytes(float[] vector, float scale) {
    byte[] bytes = new byte[vector.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Math.max(-127, Math.min(127, Math.round(scale * vector[i])));
    }
    return bytes;
  }

  public int nextInt(int bound) {
    return random.nextInt(bound);
  }
}

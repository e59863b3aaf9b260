/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Generated vectors: a mixture of Gaussians in a low-dimensional space, rotated into a
 * high-dimensional one, with a little noise. Like embeddings and unlike plain noise, they have
 * neighbors that a graph can find. Each vector depends only on the seed, its index and the
 * dimension.
 */
public final class ClusteredVectors implements VectorSource {

  private static final int CLUSTERS = 100;
  private static final int INTRINSIC_DIMENSION = 32;
  private static final double CLUSTER_RADIUS = 1;
  private static final double NOISE = 0.05;

  private final int count;
  private final long seed;
  private final double[][] centres;
  private final double[][] axes;

  /**
   * Prepares the generator.
   *
   * @param count at least 1
   * @param dimension 1 to {@link VectorFile#MAX_DIMENSION}
   */
  public ClusteredVectors(int count, int dimension, long seed) {
    if (count < 1) {
      throw new IllegalArgumentException("expected a count of at least 1, found " + count);
    }
    if (dimension < 1 || dimension > VectorFile.MAX_DIMENSION) {
      throw new IllegalArgumentException(
          "expected a dimension from 1 to " + VectorFile.MAX_DIMENSION + ", found " + dimension);
    }
    this.count = count;
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    this.centres = gaussians(random, CLUSTERS, INTRINSIC_DIMENSION);
    this.axes = gaussians(random, dimension, INTRINSIC_DIMENSION);
  }

  private static double[][] gaussians(SplittableRandom random, int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextGaussian();
      }
    }
    return matrix;
  }

  @Override
  public String name() {
    return String.format(
        Locale.ROOT, "%,d clustered vectors of %d dimensions, seed %d", count, axes.length, seed);
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public int dimension() {
    return axes.length;
  }

  @Override
  public void read(int index, float[] vector) {
    Objects.checkIndex(index, count);
    SplittableRandom random = new SplittableRandom(seed + 1 + index);
    double[] point = centres[random.nextInt(CLUSTERS)].clone();
    for (int i = 0; i < point.length; i++) {
      point[i] += CLUSTER_RADIUS * random.nextGaussian();
    }
    for (int i = 0; i < axes.length; i++) {
      double sum = NOISE * random.nextGaussian();
      for (int j = 0; j < point.length; j++) {
        sum += axes[i][j] * point[j];
      }
      vector[i] = (float) sum;
    }
  }
}

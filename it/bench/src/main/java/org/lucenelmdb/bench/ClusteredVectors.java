/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.util.SplittableRandom;

/**
 * Made-up vectors: a mixture of Gaussians in a space of few dimensions, turned into one of many,
 * with a little noise. Like embeddings and unlike plain noise, they have neighbours that a graph
 * can find.
 */
final class ClusteredVectors implements VectorSource {

  private static final long SEED = 42;
  private static final int CLUSTERS = 100;
  private static final int INTRINSIC_DIMENSION = 32;
  private static final double CLUSTER_RADIUS = 1;
  private static final double NOISE = 0.05;

  private final int count;
  private final double[][] centres;
  private final double[][] axes;

  ClusteredVectors(int count, int dimension) {
    this.count = count;
    SplittableRandom random = new SplittableRandom(SEED);
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
  public int count() {
    return count;
  }

  @Override
  public int dimension() {
    return axes.length;
  }

  @Override
  public void read(int index, float[] vector) {
    SplittableRandom random = new SplittableRandom(SEED + 1 + index);
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

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Finds centroids of a sample by <a href="https://doi.org/10.1109/TIT.1982.1056489">Lloyd's
 * algorithm</a>, seeded as in Arthur and Vassilvitskii, <a
 * href="http://ilpubs.stanford.edu:8090/778/">k-means++: the advantages of careful seeding</a>,
 * 2007. Deterministic: the same sample gives the same centroids.
 */
public final class KMeans {

  private static final int ITERATIONS = 6;

  private static final long SEED = 42;

  private final float[][] sample;
  private final Workers workers;
  private final float[] squares; // the squared norms of the sample's vectors
  private final int[] assigned; // the centroid of each vector
  private final float[] distances; // the squared distance of each vector from the nearest seed

  private KMeans(float[][] sample, Workers workers) {
    this.sample = sample;
    this.workers = workers;
    this.squares = new float[sample.length];
    for (int i = 0; i < sample.length; i++) {
      squares[i] = VectorUtil.dotProduct(sample[i], sample[i]);
    }
    this.assigned = new int[sample.length];
    this.distances = new float[sample.length];
  }

  /**
   * Finds centroids.
   *
   * @param sample at least one vector; squared norms are at most {@link CodeModel#MAX_SQUARE}
   * @param count the number of centroids, at most the number of vectors
   * @return fewer than {@code count} if the sample has fewer distinct vectors
   */
  public static float[][] centroids(float[][] sample, int count, Workers workers)
      throws IOException {
    KMeans kMeans = new KMeans(sample, workers);
    float[][] centroids = kMeans.seeds(count);
    for (int i = 0; i < ITERATIONS; i++) {
      kMeans.assign(centroids);
      kMeans.move(centroids);
    }
    return centroids;
  }

  /**
   * Draws vectors of the sample, each with a probability proportional to its squared distance from
   * the nearest vector drawn before.
   */
  private float[][] seeds(int count) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED);
    float[][] seeds = new float[count][];
    seeds[0] = sample[random.nextInt(sample.length)].clone();
    Arrays.fill(distances, Float.POSITIVE_INFINITY);
    for (int n = 1; n < count; n++) {
      workers.check();
      double total = 0;
      float square = VectorUtil.dotProduct(seeds[n - 1], seeds[n - 1]);
      for (int i = 0; i < sample.length; i++) {
        distances[i] = Math.min(distances[i], distance(i, seeds[n - 1], square));
        total += distances[i];
      }
      if ((total > 0 && total < Double.POSITIVE_INFINITY) == false) {
        return Arrays.copyOf(seeds, n);
      }
      double target = random.nextDouble() * total;
      int chosen = 0;
      for (double sum = distances[0]; sum < target && chosen < sample.length - 1; ) {
        sum += distances[++chosen];
      }
      seeds[n] = sample[chosen].clone();
    }
    return seeds;
  }

  /** Returns the squared distance of a vector of the sample from a centroid. */
  private float distance(int i, float[] centroid, float centroidSquare) {
    return Math.max(
        0, squares[i] + centroidSquare - 2 * VectorUtil.dotProduct(sample[i], centroid));
  }

  private void assign(float[][] centroids) throws IOException {
    float[] centroidSquares = new float[centroids.length];
    for (int c = 0; c < centroids.length; c++) {
      centroidSquares[c] = VectorUtil.dotProduct(centroids[c], centroids[c]);
    }
    for (int i = 0; i < sample.length; i++) {
      workers.check();
      float best = Float.POSITIVE_INFINITY;
      for (int c = 0; c < centroids.length; c++) {
        float distance = distance(i, centroids[c], centroidSquares[c]);
        if (distance < best) {
          best = distance;
          assigned[i] = c;
        }
      }
    }
  }

  /** Moves each centroid to the mean of its vectors. A centroid without vectors does not move. */
  private void move(float[][] centroids) {
    int dimension = sample[0].length;
    double[][] sums = new double[centroids.length][];
    int[] counts = new int[centroids.length];
    for (int i = 0; i < sample.length; i++) {
      int c = assigned[i];
      if (sums[c] == null) {
        sums[c] = new double[dimension];
      }
      counts[c]++;
      for (int j = 0; j < dimension; j++) {
        sums[c][j] += sample[i][j];
      }
    }
    for (int c = 0; c < centroids.length; c++) {
      for (int j = 0; j < dimension && counts[c] > 0; j++) {
        centroids[c][j] = (float) (sums[c][j] / counts[c]);
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.util.SplittableRandom;

/**
 * Finds for a vector another one near it by Euclidean distance: the nearest of a few vectors of its
 * cell, not the nearest of all.
 *
 * <p>A cell has the vectors that are nearer to its center than to any other center. The centers are
 * vectors themselves.
 */
final class NearPairs {

  private static final int TRIES = 16;

  /** The maximum number of distances computed to make the cells: a few seconds of work. */
  private static final long MAX_DISTANCES = 200_000_000;

  private final VectorSource vectors;
  private final float[] tried;

  /** The vectors, cell by cell; null until first used. */
  private int[] members;

  private int[] cellOf;

  /** The offsets of the cells in {@link #members}, and the end of the last one. */
  private int[] starts;

  NearPairs(VectorSource vectors) {
    this.vectors = vectors;
    this.tried = new float[vectors.dimension()];
  }

  /**
   * Reads a vector and another one near it.
   *
   * @param index the index of the vector
   * @param vector receives the vector
   * @param near receives the other one
   */
  void read(int index, SplittableRandom random, float[] vector, float[] near) throws IOException {
    if (members == null) {
      makeCells();
    }
    int cell = cellOf[index];
    boolean alone = starts[cell + 1] - starts[cell] < 2;
    int from = alone ? 0 : starts[cell];
    int to = alone ? members.length : starts[cell + 1];
    vectors.read(index, vector);
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < TRIES || least == Float.POSITIVE_INFINITY; i++) {
      int other = members[random.nextInt(from, to)];
      if (other == index) {
        continue;
      }
      vectors.read(other, tried);
      float distance = squareDistance(vector, tried);
      if (distance < least || least == Float.POSITIVE_INFINITY) {
        least = Math.min(distance, Float.MAX_VALUE);
        System.arraycopy(tried, 0, near, 0, near.length);
      }
    }
  }

  private void makeCells() throws IOException {
    int count = vectors.count();
    double cells = Math.min(Math.sqrt(count), (double) MAX_DISTANCES / count);
    float[][] centres = new float[(int) Math.max(1, cells)][vectors.dimension()];
    for (int i = 0; i < centres.length; i++) {
      vectors.read((int) ((long) i * count / centres.length), centres[i]);
    }
    cellOf = new int[count];
    starts = new int[centres.length + 1];
    for (int i = 0; i < count; i++) {
      vectors.read(i, tried);
      cellOf[i] = nearest(centres);
      starts[cellOf[i] + 1]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] sorted = new int[count];
    int[] next = starts.clone();
    for (int i = 0; i < count; i++) {
      sorted[next[cellOf[i]]++] = i;
    }
    members = sorted;
  }

  private int nearest(float[][] centres) {
    int nearest = 0;
    float least = Float.POSITIVE_INFINITY;
    for (int i = 0; i < centres.length; i++) {
      float distance = squareDistance(tried, centres[i]);
      if (distance < least) {
        least = distance;
        nearest = i;
      }
    }
    return nearest;
  }

  /** Not VectorUtil's, whose rounding depends on the machine. */
  private static float squareDistance(float[] x, float[] y) {
    float sum0 = 0;
    float sum1 = 0;
    float sum2 = 0;
    float sum3 = 0;
    int whole = x.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      float d0 = x[i] - y[i];
      float d1 = x[i + 1] - y[i + 1];
      float d2 = x[i + 2] - y[i + 2];
      float d3 = x[i + 3] - y[i + 3];
      sum0 += d0 * d0;
      sum1 += d1 * d1;
      sum2 += d2 * d2;
      sum3 += d3 * d3;
    }
    for (int i = whole; i < x.length; i++) {
      sum0 += (x[i] - y[i]) * (x[i] - y[i]);
    }
    return (sum0 + sum1) + (sum2 + sum3);
  }
}

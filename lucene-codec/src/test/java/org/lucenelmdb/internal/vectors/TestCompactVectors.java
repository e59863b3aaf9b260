/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;

/** Tests the copies that builds in files score. */
public class TestCompactVectors extends LuceneTestCase {

  private static BuildMemory memory(long bytes) throws IOException {
    return new MemoryBudget(bytes).take(bytes, () -> {});
  }

  /** A copy differs by half a step at most, whatever the scale of other vectors and centroids. */
  public void testFloats() throws IOException {
    Random random = random();
    int dimension = 1 + random.nextInt(random.nextInt(20) == 0 ? 80_000 : 200);
    int size = 1 + random.nextInt(300);
    float[][] centroids = new float[1 + random.nextInt(5)][];
    for (int i = 0; i < centroids.length; i++) {
      centroids[i] = vector(random, dimension, scale(random));
    }
    List<float[]> vectors = new ArrayList<>();
    int[] nearest = new int[size];
    for (int i = 0; i < size; i++) {
      nearest[i] = random.nextInt(centroids.length);
      float[] vector = vector(random, dimension, scale(random));
      for (int j = 0; j < dimension; j++) {
        float sum = vector[j] + centroids[nearest[i]][j];
        vector[j] = Float.isFinite(sum) ? sum : vector[j];
      }
      vectors.add(random.nextInt(9) == 0 ? centroids[nearest[i]].clone() : vector);
    }
    FloatVectorValues values = FloatVectorValues.fromFloats(vectors, dimension);
    long bytes = CompactVectors.memoryBytes(size, dimension, values.getEncoding());
    try (BuildMemory memory = memory(bytes)) {
      CompactVectors copies = new CompactVectors(values, centroids, memory);
      CompactVectors.Copier copier = copies.new Copier(values.copy());
      for (int i = 0; i < size; i++) {
        copier.copy(i, size - 1 - i, nearest[i]);
      }
      FloatVectorValues read = (FloatVectorValues) copies.values();
      FloatVectorValues other = read.copy();
      assertEquals(size, read.size());
      assertEquals(dimension, read.dimension());
      for (int i = 0; i < 2 * size; i++) { // some are read again
        int ord = random.nextInt(size);
        float[] copy = read.vectorValue(size - 1 - ord);
        check(vectors.get(ord), centroids[nearest[ord]], copy);
        int another = random.nextInt(size);
        check(
            vectors.get(another),
            centroids[nearest[another]],
            other.vectorValue(size - 1 - another));
        check(vectors.get(ord), centroids[nearest[ord]], copy); // is not changed by another copy
      }
    }
  }

  private static double scale(Random random) {
    return Math.pow(10, random.nextInt(5) == 0 ? 38 : random.nextInt(12) - 6);
  }

  private static float[] vector(Random random, int dimension, double scale) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      double value = Math.clamp(scale * random.nextGaussian(), -Float.MAX_VALUE, Float.MAX_VALUE);
      vector[i] = (float) value;
    }
    return vector;
  }

  private static void check(float[] vector, float[] centroid, float[] copy) {
    double max = 0;
    for (int i = 0; i < vector.length; i++) {
      max = Math.max(max, Math.abs((double) vector[i] - centroid[i]));
    }
    for (int i = 0; i < vector.length; i++) {
      assertTrue(Float.isFinite(copy[i]));
      double rounding = 2 * Math.ulp(centroid[i]) + 2 * Math.ulp(vector[i]);
      double half = 0.5001 * max / 127 + rounding;
      boolean isNearLimit = Math.abs(vector[i]) + max / 127 >= Float.MAX_VALUE;
      if (max < Float.MAX_VALUE) {
        assertEquals(vector[i], copy[i], isNearLimit ? 3 * half : half);
      }
    }
  }

  public void testBytes() throws IOException {
    Random random = random();
    int dimension = 1 + random.nextInt(100);
    int size = 1 + random.nextInt(100);
    List<byte[]> vectors = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      byte[] vector = new byte[dimension];
      random.nextBytes(vector);
      vectors.add(vector);
    }
    ByteVectorValues values = ByteVectorValues.fromBytes(vectors, dimension);
    try (BuildMemory memory =
        memory(CompactVectors.memoryBytes(size, dimension, values.getEncoding()))) {
      CompactVectors copies = new CompactVectors(values, null, memory);
      CompactVectors.Copier copier = copies.new Copier(values.copy());
      for (int i = 0; i < size; i++) {
        copier.copy(i, (i + 1) % size, 0);
      }
      ByteVectorValues read = (ByteVectorValues) copies.values();
      int[] all = new int[size];
      Arrays.setAll(all, i -> i);
      ((PrefetchableValues) read).prefetchIntoCache(all, size);
      for (int i = 0; i < size; i++) {
        assertArrayEquals(vectors.get(i), read.vectorValue((i + 1) % size));
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.workers.Workers;

public class TestKMeans extends LuceneTestCase {

  private static float[][] centroids(float[][] sample, int count) throws IOException {
    return KMeans.centroids(sample, count, CodeVectors.oneThread());
  }

  private static float nearest(float[] vector, float[][] others) {
    float nearest = Float.POSITIVE_INFINITY;
    for (float[] other : others) {
      nearest = Math.min(nearest, VectorUtil.squareDistance(vector, other));
    }
    return nearest;
  }

  private static double error(float[][] sample, float[][] centroids) {
    double sum = 0;
    for (float[] vector : sample) {
      sum += nearest(vector, centroids);
    }
    return sum;
  }

  /** Clusters that are far from each other get one centroid each, at their center. */
  public void testSeparatedClusters() throws IOException {
    for (int round = 0; round < 10; round++) {
      int clusters = TestUtil.nextInt(random(), 2, 12);
      int dimension = TestUtil.nextInt(random(), 2, 60);
      float[][] centers = new float[clusters][];
      for (int c = 0; c < clusters; c++) {
        do {
          centers[c] = CodeVectors.gaussian(random(), 1, dimension, 100)[0];
        } while (c > 0 && nearest(centers[c], Arrays.copyOf(centers, c)) < 50 * 50);
      }
      float[][] sample = CodeVectors.gaussian(random(), 40 * clusters, dimension, 0.1);
      for (int i = 0; i < sample.length; i++) {
        CodeVectors.add(sample[i], centers[i % clusters], 1);
      }
      float[][] found = centroids(sample, clusters);
      assertEquals(clusters, found.length);
      for (float[] center : centers) {
        // the mean of 40 vectors deviates by a sixth of their deviation in each dimension
        assertTrue("" + nearest(center, found), nearest(center, found) < 0.005 * dimension);
      }
    }
  }

  /** Without clusters, more centroids have less error, and less than randomly drawn vectors. */
  public void testOneCloud() throws IOException {
    float[][] sample = CodeVectors.gaussian(random(), 600, 4, 1);
    double last = error(sample, centroids(sample, 1));
    double squares = 0;
    for (float[] vector : sample) {
      squares += VectorUtil.dotProduct(vector, vector);
    }
    assertEquals("the mean", squares, last, 0.02 * squares);
    for (int count = 4; count <= 64; count *= 4) {
      float[][] found = centroids(sample, count);
      assertEquals(count, found.length);
      double error = error(sample, found);
      double drawn = 0;
      for (int draw = 0; draw < 10; draw++) {
        float[][] some = new float[count][];
        Arrays.setAll(some, i -> sample[random().nextInt(sample.length)]);
        drawn += error(sample, some) / 10;
      }
      assertTrue(count + ": " + error + " after " + last, error < 0.8 * last);
      assertTrue(count + ": " + error + ", drawn " + drawn, error < 0.9 * drawn);
      last = error;
    }
  }

  public void testDeterministic() throws IOException {
    float[][] sample = CodeVectors.blobs(random(), 300, 17, 9, 0.3);
    float[][] copy = new float[sample.length][];
    Arrays.setAll(copy, i -> sample[i].clone());
    float[][] expected = centroids(sample, 16);
    assertArrayEquals(expected, centroids(copy, 16));
    assertArrayEquals("the sample stays as it is", sample, copy);
    for (float[] centroid : expected) {
      for (float[] vector : sample) {
        assertNotSame(centroid, vector);
      }
    }
  }

  /** There are only as many centroids as distinct vectors, which they equal. */
  public void testFewDifferentVectors() throws IOException {
    for (int different = 1; different < 8; different++) {
      float[][] vectors = CodeVectors.gaussian(random(), different, 5, 1);
      float[][] sample = new float[64][];
      Arrays.setAll(
          sample, i -> vectors[i < vectors.length ? i : random().nextInt(vectors.length)].clone());
      float[][] found = centroids(sample, 8);
      assertEquals(different, found.length);
      for (float[] vector : vectors) {
        assertEquals(0, nearest(vector, found), 1e-10);
      }
    }
  }

  public void testOneVector() throws IOException {
    float[] vector = {3, -4, 0};
    float[][] found = centroids(new float[][] {vector}, 1);
    assertArrayEquals(new float[][] {vector}, found);
  }

  public void testZeros() throws IOException {
    assertArrayEquals(new float[1][3], centroids(new float[20][3], 4));
  }

  public void testEachItsOwn() throws IOException {
    float[][] sample = CodeVectors.gaussian(random(), 16, 6, 1);
    float[][] found = centroids(sample, 16);
    Set<Float> firsts = new HashSet<>();
    for (float[] centroid : found) {
      firsts.add(centroid[0]);
    }
    assertEquals(16, firsts.size());
    assertEquals(0, error(sample, found), 1e-8);
  }

  /** Magnitudes whose squares are close to the largest float, or underflow. */
  public void testMagnitudes() throws IOException {
    float[][] sample = CodeVectors.gaussian(random(), 100, 4, 1);
    for (float[] vector : sample) {
      CodeVectors.scale(vector, Math.sqrt(0.99 / CodeVectors.dot(vector, vector)));
    }
    for (double magnitude : new double[] {Math.sqrt(CodeModel.MAX_SQUARE), 1e-18, 1e-30}) {
      float[][] scaled = new float[sample.length][];
      Arrays.setAll(scaled, i -> sample[i].clone());
      for (float[] vector : scaled) {
        CodeVectors.scale(vector, magnitude);
      }
      float[][] found = centroids(scaled, 4);
      assertEquals(magnitude < 1e-20 ? 1 : 4, found.length);
      for (float[] centroid : found) {
        assertTrue(VectorUtil.dotProduct(centroid, centroid) <= CodeModel.MAX_SQUARE);
      }
    }
  }

  public void testAborts() throws IOException {
    float[][] sample = CodeVectors.gaussian(random(), 100, 4, 1);
    AtomicInteger calls = new AtomicInteger();
    KMeans.centroids(sample, 8, new Workers(null, 1, calls::incrementAndGet, (p, d, t) -> {}));
    assertTrue("once for each seed and vector: " + calls, calls.get() >= 100);
    for (int allowed : new int[] {0, 3, random().nextInt(calls.get()), calls.get() - 1}) {
      AtomicInteger left = new AtomicInteger(allowed);
      Workers workers =
          new Workers(
              null,
              1,
              () -> {
                if (left.getAndDecrement() == 0) {
                  throw new MergePolicy.MergeAbortedException("enough");
                }
              },
              (phase, done, total) -> {});
      expectThrows(
          MergePolicy.MergeAbortedException.class, () -> KMeans.centroids(sample, 8, workers));
    }
  }
}

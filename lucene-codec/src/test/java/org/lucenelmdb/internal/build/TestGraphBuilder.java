/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Checks invariants of graphs for all kinds of vectors, parameters and numbers of threads. */
public class TestGraphBuilder extends BuildTestCase {

  private static final int[] BITS = {0, 1, 2, 4, 8};

  private static VectorMetric randomMetric() {
    return VectorMetric.values()[random().nextInt(VectorMetric.values().length)];
  }

  private static VectorEncoding randomEncoding(VectorMetric metric) {
    return random().nextBoolean() && Graphs.compares(metric, VectorEncoding.FLOAT32)
        ? VectorEncoding.FLOAT32
        : VectorEncoding.BYTE;
  }

  private static int randomBits(VectorMetric metric) {
    return metric == VectorMetric.HAMMING ? 0 : BITS[random().nextInt(BITS.length)];
  }

  private static GraphParameters randomOptions() {
    return new GraphParameters(
        TestUtil.nextInt(random(), 2, random().nextBoolean() ? 8 : 32),
        TestUtil.nextInt(random(), 2, 60),
        random().nextInt(3) > 0 ? 1 : 1 + random().nextFloat(),
        0);
  }

  /** Builds a graph by 1 and by 4 threads. */
  private void check(
      GraphParameters options,
      List<float[]> vectors,
      VectorMetric metric,
      VectorEncoding encoding,
      int bits)
      throws IOException {
    KnnVectorValues values = Graphs.values(vectors, metric, encoding);
    for (int threads : new int[] {1, 4}) {
      String message =
          values.size()
              + " x "
              + values.dimension()
              + (" " + encoding + " " + metric + ", " + bits + " bits, " + options)
              + (", " + threads + " threads");
      Graphs.build(options, values, metric, bits, null, workers(threads))
          .check(message, values.size(), options.maxConn());
    }
  }

  private void checkRandomly(List<float[]> vectors) throws IOException {
    VectorMetric metric = randomMetric();
    check(randomOptions(), vectors, metric, randomEncoding(metric), randomBits(metric));
  }

  /** All metrics, encodings and numbers of bits. */
  public void testMetricsAndBits() throws IOException {
    int dimension = TestUtil.nextInt(random(), 1, 40);
    List<float[]> vectors =
        Graphs.vectors(random(), TestUtil.nextInt(random(), 1, 250), dimension, 1, 1);
    for (VectorMetric metric : VectorMetric.values()) {
      for (VectorEncoding encoding : VectorEncoding.values()) {
        for (int bits : metric == VectorMetric.HAMMING ? new int[] {0} : BITS) {
          if (Graphs.compares(metric, encoding)) {
            check(randomOptions(), vectors, metric, encoding, bits);
          }
        }
      }
    }
  }

  public void testFewVectors() throws IOException {
    for (int size = 1; size <= 20; size++) {
      checkRandomly(Graphs.vectors(random(), size, 1 + random().nextInt(10), 1, 1));
    }
  }

  public void testOneDimension() throws IOException {
    checkRandomly(Graphs.vectors(random(), 300, 1, 1, 1));
  }

  public void testManyDimensions() throws IOException {
    checkRandomly(Graphs.vectors(random(), 50, 4096, 1, 1));
  }

  public void testEqualVectors() throws IOException {
    float[] vector = Graphs.vectors(random(), 1, 8, 1, 1).get(0);
    checkRandomly(Collections.nCopies(TestUtil.nextInt(random(), 2, 600), vector));
  }

  public void testFewDistinctVectors() throws IOException {
    int distinct = TestUtil.nextInt(random(), 2, 10);
    List<float[]> values = Graphs.vectors(random(), distinct, 1 + random().nextInt(30), 1, 1);
    List<float[]> vectors = new ArrayList<>();
    boolean shuffled = random().nextBoolean();
    for (int i = 0; i < 500; i++) {
      vectors.add(values.get(shuffled ? random().nextInt(distinct) : i * distinct / 500));
    }
    checkRandomly(vectors);
  }

  /** Clusters in document order, and mixed. */
  public void testClusters() throws IOException {
    int clusters = TestUtil.nextInt(random(), 2, 20);
    List<float[]> vectors = Graphs.vectors(random(), 600, 16, clusters, 100);
    if (random().nextBoolean()) {
      vectors.sort((a, b) -> Float.compare(a[0], b[0]));
    }
    checkRandomly(vectors);
  }

  public void testExtremeOptions() throws IOException {
    List<float[]> vectors = Graphs.vectors(random(), 300, 12, 1, 1);
    for (int maxConn : new int[] {2, 512}) {
      for (int beamWidth : new int[] {2, 400}) {
        for (float alpha : new float[] {1, 2}) {
          VectorMetric metric = randomMetric();
          check(
              new GraphParameters(maxConn, beamWidth, alpha, 0),
              vectors,
              metric,
              randomEncoding(metric),
              randomBits(metric));
        }
      }
    }
  }
}

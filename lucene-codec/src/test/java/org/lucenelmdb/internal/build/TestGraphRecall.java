/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** The recall of graphs that are built with different parameters. */
public class TestGraphRecall extends BuildTestCase {

  private static final int SIZE = 1200;
  private static final int DIMENSION = 24;

  private static List<float[]> vectors() {
    return Graphs.vectors(random(), SIZE, DIMENSION, 1 + random().nextInt(10), 1);
  }

  private static double recall(
      long seed, HeapGraph graph, KnnVectorValues values, VectorMetric metric) throws IOException {
    return Graphs.recall(new Random(seed), graph, values, metric, 60);
  }

  /** Several threads build a different graph of the same recall. */
  public void testThreads() throws IOException {
    GraphParameters options = new GraphParameters(16, 60, 1, 0);
    List<float[]> vectors = vectors();
    for (VectorMetric metric : VectorMetric.values()) {
      VectorEncoding encoding =
          metric == VectorMetric.HAMMING || random().nextBoolean()
              ? VectorEncoding.BYTE
              : VectorEncoding.FLOAT32;
      KnnVectorValues values = Graphs.values(vectors, metric, encoding);
      int bits = metric == VectorMetric.HAMMING ? 0 : random().nextBoolean() ? 0 : 8;
      long seed = random().nextLong();
      double[] recalls = new double[2];
      for (int i = 0; i < 2; i++) {
        HeapGraph graph = Graphs.build(options, values, metric, bits, null, workers(1 + 3 * i));
        recalls[i] = recall(seed, graph, values, metric);
      }
      String message =
          metric + " " + encoding + " " + bits + " bits: " + List.of(recalls[0], recalls[1]);
      assertTrue(message, recalls[0] > (metric == VectorMetric.MAXIMUM_INNER_PRODUCT ? 0.8 : 0.93));
      assertTrue(message, Math.abs(recalls[1] - recalls[0]) < 0.05);
    }
  }

  /** Searches by codes of few bits find good neighbors. */
  public void testCodes() throws IOException {
    GraphParameters options = new GraphParameters(16, 100, 1, 0);
    KnnVectorValues values =
        Graphs.values(vectors(), VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32);
    long seed = random().nextLong();
    for (int bits : new int[] {0, 1, 2, 4, 8}) {
      HeapGraph graph =
          Graphs.build(options, values, VectorMetric.EUCLIDEAN, bits, null, workers(1));
      double recall = recall(seed, graph, values, VectorMetric.EUCLIDEAN);
      assertTrue(bits + " bits: " + recall, recall > (bits == 1 ? 0.85 : 0.92));
    }
  }

  /** A larger alpha adds links and does not lower recall. */
  public void testAlpha() throws IOException {
    VectorMetric metric = random().nextBoolean() ? VectorMetric.EUCLIDEAN : VectorMetric.MANHATTAN;
    KnnVectorValues values = Graphs.values(vectors(), metric, VectorEncoding.FLOAT32);
    long seed = random().nextLong();
    int links = 0;
    double recall = 0;
    for (float alpha : new float[] {1, 1.2f, 1.5f}) {
      GraphParameters options = new GraphParameters(24, 60, alpha, 0);
      HeapGraph graph = Graphs.build(options, values, metric, 0, null, workers(1));
      int newLinks = graph.countLinks();
      double newRecall = recall(seed, graph, values, metric);
      assertTrue(alpha + ": " + newLinks + " after " + links, newLinks > links);
      assertTrue(alpha + ": " + newRecall + " after " + recall, newRecall > recall - 0.04);
      links = newLinks;
      recall = newRecall;
    }
  }

  /** Alpha has no effect on scores that do not come from distances. */
  public void testAlphaWithoutDistances() throws IOException {
    VectorMetric metric = VectorMetric.MAXIMUM_INNER_PRODUCT;
    KnnVectorValues values = Graphs.values(vectors(), metric, VectorEncoding.FLOAT32);
    int[][][][] links = new int[2][][][];
    for (int i = 0; i < 2; i++) {
      GraphParameters options = new GraphParameters(16, 30, 1 + 0.5f * i, 0);
      links[i] = Graphs.build(options, values, metric, 0, null, workers(1)).links;
    }
    assertArrayEquals(links[0], links[1]);
  }

  /** A build by one thread is reproducible. */
  public void testSameGraph() throws IOException {
    VectorMetric metric = VectorMetric.COSINE;
    KnnVectorValues values = Graphs.values(vectors(), metric, VectorEncoding.FLOAT32);
    GraphParameters options = new GraphParameters(8, 30, 1, 0);
    HeapGraph first = Graphs.build(options, values, metric, 4, null, workers(1));
    HeapGraph second = Graphs.build(options, values, metric, 4, null, Graphs.oneThread());
    assertArrayEquals(first.links, second.links);
    assertEquals(first.entryNode(), second.entryNode());
  }
}

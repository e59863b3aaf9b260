/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.NeighborQueue;

/** The exact nearest neighbours, found by comparing every query with every vector. */
final class Truth {

  static final int K = 10;
  private static final int THREADS = 2;

  private Truth() {}

  static void write(Workspace work, DoubleConsumer progress) throws Exception {
    int[][] truth = nearest(work, progress);
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(work.truth())))) {
      for (int[] nearest : truth) {
        for (int index : nearest) {
          out.writeInt(index);
        }
      }
    }
  }

  static int[][] read(Workspace work, int queries) throws IOException {
    int[][] truth = new int[queries][K];
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(work.truth())))) {
      for (int[] nearest : truth) {
        for (int i = 0; i < K; i++) {
          nearest[i] = in.readInt();
        }
      }
    }
    return truth;
  }

  /** For each query the vectors of the base with the largest dot products, best first. */
  static int[][] nearest(Workspace work, DoubleConsumer progress) throws Exception {
    float[][] queries = VectorFile.readAll(work.queries());
    int[][] nearest = new int[queries.length][K];
    try (ExecutorService executor = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> parts = new ArrayList<>();
      for (int t = 0; t < THREADS; t++) {
        int from = queries.length * t / THREADS;
        int to = queries.length * (t + 1) / THREADS;
        DoubleConsumer partProgress = t == 0 ? progress : done -> {};
        parts.add(
            executor.submit(
                () -> {
                  nearest(work, queries, from, to, nearest, partProgress);
                  return null;
                }));
      }
      for (Future<?> part : parts) {
        part.get();
      }
    }
    return nearest;
  }

  private static void nearest(
      Workspace work, float[][] queries, int from, int to, int[][] nearest, DoubleConsumer progress)
      throws IOException {
    NeighborQueue[] queues = new NeighborQueue[to - from];
    for (int i = 0; i < queues.length; i++) {
      queues[i] = new NeighborQueue(K, false);
    }
    try (VectorFile base = VectorFile.open(work.base())) {
      float[] vector = new float[base.dimension()];
      for (int i = 0; i < base.count(); i++) {
        base.read(i, vector);
        for (int q = from; q < to; q++) {
          queues[q - from].insertWithOverflow(i, VectorUtil.dotProduct(queries[q], vector));
        }
        progress.accept((i + 1.0) / base.count());
      }
    }
    for (int q = from; q < to; q++) {
      for (int i = K - 1; i >= 0; i--) {
        nearest[q][i] = queues[q - from].pop();
      }
    }
  }
}

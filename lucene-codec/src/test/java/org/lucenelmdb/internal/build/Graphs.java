/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.VectorUtil;
import org.apache.lucene.util.hnsw.HnswGraphSearcher;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.junit.Assert;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Vectors for tests, builds of their graphs, and the recall of these. */
final class Graphs {

  static final Workers.Listener NO_LISTENER = (phase, done, total) -> {};

  private Graphs() {}

  static Workers oneThread() {
    return Workers.callerOnly();
  }

  /** Returns whether a metric compares vectors of an encoding. */
  static boolean compares(VectorMetric metric, VectorEncoding encoding) {
    return metric != VectorMetric.HAMMING || encoding == VectorEncoding.BYTE;
  }

  /** Returns Gaussian clusters of deviation 1, whose centers have the given deviation. */
  static List<float[]> vectors(
      Random random, int size, int dimension, int clusters, float distance) {
    float[][] center = new float[clusters][dimension];
    for (float[] c : center) {
      for (int j = 0; j < dimension; j++) {
        c[j] = distance * (float) random.nextGaussian();
      }
    }
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      float[] vector = center[random.nextInt(clusters)].clone();
      for (int j = 0; j < dimension; j++) {
        vector[j] += (float) random.nextGaussian();
      }
      vectors.add(vector);
    }
    return vectors;
  }

  /** Returns vectors in an encoding, normalized if the metric requires it. */
  static KnnVectorValues values(
      List<float[]> vectors, VectorMetric metric, VectorEncoding encoding) {
    int dimension = vectors.get(0).length;
    if (encoding == VectorEncoding.FLOAT32) {
      List<float[]> floats = new ArrayList<>();
      for (float[] vector : vectors) {
        floats.add(
            metric == VectorMetric.DOT_PRODUCT
                ? VectorUtil.l2normalize(vector.clone(), false)
                : vector);
      }
      return FloatVectorValues.fromFloats(floats, dimension);
    }
    List<byte[]> bytes = new ArrayList<>();
    for (float[] vector : vectors) {
      byte[] b = new byte[dimension];
      for (int i = 0; i < dimension; i++) {
        b[i] = (byte) Math.max(-128, Math.min(127, Math.round(20 * vector[i])));
      }
      b[0] |= 1; // zero vectors have no angle
      bytes.add(b);
    }
    return ByteVectorValues.fromBytes(bytes, dimension);
  }

  static long memoryBytes(
      GraphParameters options,
      KnnVectorValues values,
      VectorMetric metric,
      int bits,
      SourceGraph base,
      Workers workers) {
    return GraphBuilder.memoryBytes(options, values.size(), base, workers.threads())
        + (bits == 0
            ? 0
            : BuiltCodes.memoryBytes(
                values.size(), CodeLayout.of(values.dimension(), bits, metric)));
  }

  /** Builds a graph in exactly the memory that is predicted, and copies it to the heap. */
  static HeapGraph build(
      GraphParameters options,
      KnnVectorValues values,
      VectorMetric metric,
      int bits,
      SourceGraph base,
      Workers workers)
      throws IOException {
    int heldOut = values.size() % 3 == 0 ? values.size() / 10 : 0; // no test depends on it
    return build(options, values, metric, bits, base, heldOut, workers);
  }

  static HeapGraph build(
      GraphParameters options,
      KnnVectorValues values,
      VectorMetric metric,
      int bits,
      SourceGraph base,
      int heldOut,
      Workers workers)
      throws IOException {
    MemoryBudget budget = new MemoryBudget(1);
    try {
      long bytes = memoryBytes(options, values, metric, bits, base, workers);
      try (BuildMemory memory = budget.take(bytes, () -> {})) {
        BuiltCodes codes =
            bits == 0
                ? null
                : BuiltCodes.build(
                    values,
                    CodeTrainer.train(values, metric, bits, CodeCosts.of(values), workers),
                    memory,
                    workers);
        return HeapGraph.copy(
            new GraphBuilder(options, NodeVectors.of(values), metric, codes, memory, workers)
                .build(base, heldOut));
      }
    } finally {
      Assert.assertEquals("all memory is released", 0, budget.used());
    }
  }

  private static RandomVectorScorer scorer(KnnVectorValues values, VectorMetric metric, int query)
      throws IOException {
    return values instanceof FloatVectorValues floats
        ? metric.scorer(floats, floats.vectorValue(query).clone())
        : metric.scorer(
            (ByteVectorValues) values, ((ByteVectorValues) values).vectorValue(query).clone());
  }

  /** Returns the recall@10 of random vectors of the graph, which find themselves as well. */
  static double recall(
      Random random, HeapGraph graph, KnnVectorValues values, VectorMetric metric, int beamWidth)
      throws IOException {
    int[] queries = random.ints(40, 0, values.size()).toArray();
    return recall(queries, graph, values, metric, beamWidth);
  }

  static double recall(
      int[] queries, HeapGraph graph, KnnVectorValues values, VectorMetric metric, int beamWidth)
      throws IOException {
    int k = Math.min(10, values.size());
    int found = 0;
    for (int query : queries) {
      RandomVectorScorer scorer = scorer(values, metric, query);
      float[] scores = new float[values.size()];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = scorer.score(i);
      }
      float[] sorted = scores.clone();
      Arrays.sort(sorted);
      float worst = sorted[sorted.length - k];
      KnnCollector hits =
          new TopKnnCollector(Math.min(values.size(), Math.max(k, beamWidth)), Integer.MAX_VALUE);
      HnswGraphSearcher.search(scorer, hits, graph.open(), null);
      ScoreDoc[] docs = hits.topDocs().scoreDocs;
      found +=
          (int)
              IntStream.range(0, Math.min(k, docs.length))
                  .filter(i -> scores[docs[i].doc] >= worst)
                  .count();
    }
    return found / (double) (queries.length * k);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/** Builds with held-out nodes, and the graph as it was without them. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestHeldOutBuilds extends LuceneTestCase {

  private static final int MAX_CONN = 8;
  private static final GraphParameters OPTIONS = new GraphParameters(MAX_CONN, 30, 1, 0);

  private record Built(HeapGraph graph, Holdout holdout) {

    /** Returns the neighbors of a node before the held-out nodes were inserted. */
    int[] before(int level, int node) {
      int[] links = level == 0 ? holdout.links().get(node) : null;
      return (links == null ? graph.links[level][node] : links).clone();
    }
  }

  private static Built build(
      KnnVectorValues values,
      VectorMetric metric,
      CodeModel model,
      SourceGraph base,
      int heldOut,
      Workers workers)
      throws IOException {
    MemoryBudget budget = new MemoryBudget(1);
    try (BuildMemory memory = budget.take(1 << 30, () -> {})) {
      BuiltCodes codes = model == null ? null : BuiltCodes.build(values, model, memory, workers);
      BuiltGraph graph =
          new GraphBuilder(OPTIONS, NodeVectors.of(values), metric, codes, memory, workers)
              .build(base, heldOut);
      return new Built(HeapGraph.copy(graph), graph.holdout());
    }
  }

  /** Returns vectors with or without duplicates. */
  private static List<float[]> vectors(int size, int dimension, boolean hasDuplicates) {
    List<float[]> vectors = Graphs.vectors(random(), size, dimension, 1 + random().nextInt(4), 1);
    for (int i = 0; hasDuplicates && i < size; i++) {
      if (random().nextInt(4) == 0) {
        vectors.set(i, vectors.get(random().nextInt(size)).clone());
      }
    }
    return vectors;
  }

  private static int[] sorted(int[] links) {
    int[] sorted = links.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  /** Without the held-out nodes, the graph is that of all other vectors. */
  public void testIsGraphOfOthers() throws IOException {
    VectorMetric[] metrics = {
      VectorMetric.EUCLIDEAN, VectorMetric.COSINE, VectorMetric.MAXIMUM_INNER_PRODUCT
    };
    VectorMetric metric = metrics[random().nextInt(metrics.length)];
    VectorEncoding encoding = random().nextBoolean() ? VectorEncoding.FLOAT32 : VectorEncoding.BYTE;
    int size = TestUtil.nextInt(random(), 20, 600);
    List<float[]> vectors =
        vectors(size, TestUtil.nextInt(random(), 4, 20), random().nextBoolean());
    KnnVectorValues values = Graphs.values(vectors, metric, encoding);
    CodeModel model =
        random().nextBoolean()
            ? null
            : CodeTrainer.train(values, metric, 4, CodeCosts.of(values), Graphs.oneThread());
    int heldOut = TestUtil.nextInt(random(), 0, size / 2);
    Built built = build(values, metric, model, null, heldOut, Graphs.oneThread());
    Holdout holdout = built.holdout;
    assertTrue(holdout.size() <= heldOut);
    built.graph.check("all", size, MAX_CONN);

    List<float[]> others = new ArrayList<>();
    int[] numbers = new int[size]; // the positions among the others
    for (int node = 0; node < size; node++) {
      numbers[node] = others.size();
      if (holdout.contains(node) == false) {
        others.add(vectors.get(node));
      }
    }
    KnnVectorValues otherValues = Graphs.values(others, metric, encoding);
    HeapGraph expected = build(otherValues, metric, model, null, 0, Graphs.oneThread()).graph;
    assertEquals(expected.numLevels(), built.graph.numLevels());
    for (int level = 0; level < expected.numLevels(); level++) {
      for (int node = 0; node < size; node++) {
        if (holdout.contains(node)) {
          assertTrue(level == 0 || built.graph.links[level][node] == null);
        } else if (built.graph.links[level][node] == null) {
          assertNull(expected.links[level][numbers[node]]);
        } else {
          int[] before = built.before(level, node);
          for (int i = 0; i < before.length; i++) {
            assertFalse(holdout.contains(before[i]));
            before[i] = numbers[before[i]];
          }
          assertArrayEquals(
              "level " + level + ", node " + node,
              sorted(expected.links[level][numbers[node]]),
              sorted(before));
        }
      }
    }
  }

  /** Nodes of a merged segment's graph can be held out as well, by any number of threads. */
  public void testMerge() throws Exception {
    VectorMetric metric = VectorMetric.EUCLIDEAN;
    int size = TestUtil.nextInt(random(), 100, 600);
    List<float[]> vectors = vectors(size, 8, random().nextBoolean());
    KnnVectorValues values = Graphs.values(vectors, metric, VectorEncoding.FLOAT32);
    HeapGraph old = build(values, metric, null, null, 0, Graphs.oneThread()).graph;
    List<float[]> merged = new ArrayList<>();
    int[] newDocs = new int[size];
    boolean hasDeletes = random().nextBoolean();
    for (int doc = 0; doc < size; doc++) {
      newDocs[doc] = hasDeletes && random().nextInt(5) == 0 ? -1 : merged.size();
      if (newDocs[doc] >= 0) {
        merged.add(vectors.get(doc));
      }
    }
    merged.addAll(vectors(random().nextInt(100), 8, false));
    KnnVectorValues mergedValues = Graphs.values(merged, metric, VectorEncoding.FLOAT32);
    ExecutorService executor = Executors.newFixedThreadPool(4, new NamedThreadFactory("held-out"));
    try {
      Workers workers = new Workers(new TaskExecutor(executor), 4, () -> {}, Graphs.NO_LISTENER);
      SourceGraph source = new HeapSegment(values, old).source(MAX_CONN, newDocs);
      Built built = build(mergedValues, metric, null, source, 50, workers);
      built.graph.check("merged", merged.size(), MAX_CONN);
      Holdout holdout = built.holdout;
      assertTrue("" + holdout, holdout.size() > 20);
      Set<Integer> reached = new HashSet<>();
      List<Integer> queue = new ArrayList<>(List.of(built.graph.entryNode()));
      reached.add(built.graph.entryNode());
      for (int i = 0; i < queue.size(); i++) {
        for (int neighbor : built.before(0, queue.get(i))) {
          assertFalse(holdout.contains(neighbor));
          if (reached.add(neighbor)) {
            queue.add(neighbor);
          }
        }
      }
      assertEquals(merged.size() - holdout.size(), reached.size());
    } finally {
      executor.shutdown();
    }
  }
}

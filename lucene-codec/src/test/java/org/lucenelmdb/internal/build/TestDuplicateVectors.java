/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.hnsw.HnswGraphBuilder;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;

/** Nodes with equal vectors: how they are found, linked and merged. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestDuplicateVectors extends LuceneTestCase {

  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;
  private static final GraphParameters OPTIONS = new GraphParameters(12, 60, 1, 0);

  /** Returns vectors, half of which duplicate a few of them. */
  private static List<float[]> vectors(int size, int dimension, int originals) {
    List<float[]> distinct = Graphs.vectors(random(), size, dimension, 3, 1);
    List<float[]> vectors = new ArrayList<>();
    for (float[] vector : distinct) {
      vectors.add(
          random().nextBoolean() ? vector : distinct.get(random().nextInt(originals)).clone());
    }
    return vectors;
  }

  private static KnnVectorValues values(List<float[]> vectors) {
    return Graphs.values(vectors, METRIC, VectorEncoding.FLOAT32);
  }

  /** Any number of vectors in any number of dimensions. */
  public void testOriginals() throws IOException {
    for (int round = 0; round < 20; round++) {
      int size = TestUtil.nextInt(random(), 1, 500);
      VectorEncoding encoding =
          random().nextBoolean() ? VectorEncoding.FLOAT32 : VectorEncoding.BYTE;
      List<float[]> vectors =
          vectors(size, TestUtil.nextInt(random(), 1, 20), 1 + random().nextInt(Math.min(size, 9)));
      KnnVectorValues values = Graphs.values(vectors, METRIC, encoding);
      MemoryBudget budget = new MemoryBudget(1);
      try (BuildMemory memory = budget.take(DuplicateVectors.memoryBytes(size), () -> {})) {
        DuplicateVectors duplicates =
            DuplicateVectors.of(NodeVectors.of(values), memory, Graphs.oneThread());
        Map<List<Float>, Integer> originals = new HashMap<>();
        float[] vector = new float[values.dimension()];
        for (int node = 0; node < size; node++) {
          VectorPairs.copy(values, node, vector);
          List<Float> key = new ArrayList<>();
          for (float value : vector) {
            key.add(value);
          }
          originals.putIfAbsent(key, node);
          int original = originals.get(key);
          assertEquals(original, duplicates.original(node));
          assertEquals(original != node, duplicates.isDuplicate(node));
        }
        assertEquals(size - originals.size(), duplicates.count());
      }
      assertEquals(0, budget.used());
    }
  }

  /** Only duplicates and their original link to duplicates; the original links to one. */
  public void testLinks() throws IOException {
    int size = TestUtil.nextInt(random(), 50, 1000);
    List<float[]> vectors = vectors(size, 8, 1 + random().nextInt(5));
    KnnVectorValues values = values(vectors);
    HeapGraph graph =
        Graphs.build(OPTIONS, values, METRIC, 0, null, Graphs.oneThread())
            .check(size + " vectors", size, 12);
    int[] originals = new int[size];
    for (int node = 0; node < size; node++) {
      int first = 0;
      while (Arrays.equals(vectors.get(first), vectors.get(node)) == false) {
        first++;
      }
      originals[node] = first;
    }
    for (int node = 0; node < size; node++) {
      int toDuplicates = 0;
      for (int neighbor : graph.links[0][node]) {
        if (originals[neighbor] != neighbor) {
          toDuplicates++;
          assertEquals(originals[node], originals[neighbor]);
        }
      }
      if (originals[node] == node) {
        assertTrue(toDuplicates <= 1);
      } else {
        int original = originals[node];
        assertTrue(IntStream.of(graph.links[0][node]).anyMatch(n -> n == original));
        for (int level = 1; level < graph.numLevels(); level++) {
          assertNull(graph.links[level][node]);
        }
      }
    }
  }

  /** Counts reads of vectors. */
  private static final class CountingValues extends FloatVectorValues {
    private final FloatVectorValues values;
    private final AtomicInteger reads;

    CountingValues(FloatVectorValues values, AtomicInteger reads) {
      this.values = values;
      this.reads = reads;
    }

    @Override
    public float[] vectorValue(int ord) throws IOException {
      reads.incrementAndGet();
      return values.vectorValue(ord);
    }

    @Override
    public int dimension() {
      return values.dimension();
    }

    @Override
    public int size() {
      return values.size();
    }

    @Override
    public CountingValues copy() throws IOException {
      return new CountingValues(values.copy(), reads);
    }

    @Override
    public DocIndexIterator iterator() {
      return createDenseIterator();
    }
  }

  /** The time for equal vectors is linear in their number. */
  public void testManyEqualVectors() throws IOException {
    int size = 20_000;
    List<float[]> vectors = Collections.nCopies(size, new float[] {1, 2, 3});
    AtomicInteger reads = new AtomicInteger();
    Graphs.build(
            OPTIONS,
            new CountingValues((FloatVectorValues) values(vectors), reads),
            METRIC,
            0,
            null,
            Graphs.oneThread())
        .check("equal", size, 12);
    assertTrue("" + reads, reads.get() < 4 * size);
  }

  /** A graph of another format is not copied if it has many duplicates. */
  public void testForeignGraph() throws IOException {
    List<float[]> vectors = vectors(600, 8, 3);
    KnnVectorValues values = values(vectors);
    HeapGraph graph = Graphs.build(OPTIONS, values, METRIC, 0, null, 0, Graphs.oneThread());
    List<float[]> merged = new ArrayList<>(vectors);
    merged.addAll(Graphs.vectors(random(), 50, 8, 3, 1));
    Collections.reverse(merged); // so that other levels are drawn
    int[] newDocs = IntStream.range(0, 600).map(doc -> merged.size() - 1 - doc).toArray();
    KnnVectorValues mergedValues = values(merged);
    int[][][] fromScratch =
        Graphs.build(OPTIONS, mergedValues, METRIC, 0, null, 0, Graphs.oneThread()).links;
    for (boolean isOwn : new boolean[] {true, false}) {
      SourceGraph source = new HeapSegment(values, graph).source(isOwn, 12, newDocs);
      int[][][] links =
          Graphs.build(OPTIONS, mergedValues, METRIC, 0, source, 0, Graphs.oneThread()).links;
      assertEquals(isOwn == false, Arrays.deepEquals(fromScratch, links));
    }
  }

  /** A sequence of merges, each of which starts from the graph of the previous one. */
  public void testMerges() throws IOException {
    boolean lucenes = random().nextBoolean(); // Lucene links duplicates like any other vectors
    List<float[]> vectors = vectors(600, 8, 1 + random().nextInt(5));
    KnnVectorValues values = values(vectors);
    HeapGraph graph =
        lucenes
            ? HeapGraph.copy(
                HnswGraphBuilder.create(METRIC.scorers(values), 12, 60, 42).build(values.size()))
            : Graphs.build(OPTIONS, values, METRIC, 0, null, Graphs.oneThread());
    for (int generation = 0; generation < 5; generation++) {
      List<float[]> merged = new ArrayList<>();
      List<float[]> added = vectors(300, 8, 3);
      int[] newDocs = new int[vectors.size()];
      for (int doc = 0; doc < newDocs.length; doc++) {
        if (random().nextInt(4) == 0) {
          merged.add(
              random().nextBoolean()
                  ? vectors.get(
                      random().nextInt(vectors.size())) // a new duplicate before its original
                  : added.get(random().nextInt(added.size())));
        }
        newDocs[doc] = -1;
        if (random().nextInt(4) > 0) {
          newDocs[doc] = merged.size();
          merged.add(vectors.get(doc));
        }
      }
      KnnVectorValues mergedValues = values(merged);
      boolean isOwn = lucenes == false || generation > 0;
      SourceGraph source = new HeapSegment(values, graph).source(isOwn, 12, newDocs);
      String message = "generation " + generation + (lucenes ? " from Lucene's graph" : "");
      graph =
          Graphs.build(OPTIONS, mergedValues, METRIC, 0, source, Graphs.oneThread())
              .check(message, merged.size(), 12);
      double recall = Graphs.recall(random(), graph, mergedValues, METRIC, 60);
      assertTrue(message + ": " + recall, recall > 0.9); // a new graph reaches 1
      vectors = merged;
      values = mergedValues;
    }
  }
}

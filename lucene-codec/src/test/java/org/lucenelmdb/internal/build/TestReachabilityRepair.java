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
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/** Graphs with unreachable parts, made by hand. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestReachabilityRepair extends LuceneTestCase {

  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;

  private KnnVectorValues values;
  private GraphMemory graph;

  /** Creates a graph of nodes without links, some of them on upper levels. */
  private void newGraph(BuildMemory memory, int size, int maxConn) throws IOException {
    values =
        Graphs.values(
            Graphs.vectors(random(), size, 5, 1 + random().nextInt(3), 10),
            METRIC,
            VectorEncoding.FLOAT32);
    graph = new GraphMemory(size, maxConn, Density.SPARSE, 3 * size, memory);
    for (int node = 0; node < size; node++) {
      graph.setLevel(node, random().nextInt(3) == 0 ? random().nextInt(4) : 0);
    }
  }

  private static long memoryBytes(int size, int maxConn) {
    return GraphMemory.memoryBytes(size, maxConn, 3 * size)
        + ReachabilityRepair.memoryBytes(size)
        + BuildMemory.costOfBits(size);
  }

  private List<Integer> nodes(int level) {
    List<Integer> nodes = new ArrayList<>();
    for (int node = 0; node < graph.size(); node++) {
      if (graph.level(node) >= level) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  /** Links the given nodes among each other. */
  private void link(int level, List<Integer> nodes, int degree) throws IOException {
    VectorPairs pairs = new VectorPairs(values, METRIC);
    for (int node : nodes) {
      List<Integer> others = new ArrayList<>(nodes);
      others.remove((Object) node);
      Collections.shuffle(others, random());
      pairs.setTarget(node);
      for (int neighbor : others.subList(0, Math.min(degree, others.size()))) {
        float[] scores = {Float.NaN}; // as of copied links
        if (random().nextInt(4) > 0) {
          pairs.score(new int[] {neighbor}, 1, scores);
        }
        assertTrue(graph.add(level, node, neighbor, scores[0]));
      }
    }
  }

  private int repair(BuildMemory memory, Workers workers, int beamWidth) throws IOException {
    VectorPairs pairs = new VectorPairs(values, METRIC);
    NeighborSearch search =
        new NeighborSearch(graph, new ExactNodeScorer(pairs), memory.bits(graph.size()));
    return new ReachabilityRepair(
            graph, search, new VectorPairs(values, METRIC), beamWidth, memory, workers)
        .repair(node -> true);
  }

  private int unreachable(HeapGraph copy) {
    int unreachable = 0;
    for (int level = 0; level < copy.numLevels(); level++) {
      unreachable += copy.unreachable(level).cardinality();
    }
    return unreachable;
  }

  /** Parts of any size, whose nodes are full or not. */
  public void testParts() throws IOException {
    for (int round = 0; round < 20; round++) {
      int size = TestUtil.nextInt(random(), 1, 200);
      int maxConn = TestUtil.nextInt(random(), 2, 8);
      int parts = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 4 : 40);
      boolean full = random().nextBoolean();
      MemoryBudget budget = new MemoryBudget(1);
      try (BuildMemory memory = budget.take(memoryBytes(size, maxConn), () -> {})) {
        newGraph(memory, size, maxConn);
        for (int level = 0; level <= graph.topLevel(); level++) {
          List<Integer> nodes = nodes(level);
          Collections.shuffle(nodes, random());
          for (int part = 0; part < parts; part++) {
            int begin = nodes.size() * part / parts;
            int end = nodes.size() * (part + 1) / parts;
            int degree = graph.maxDegree(level);
            link(level, nodes.subList(begin, end), full ? degree : random().nextInt(degree + 1));
          }
        }
        HeapGraph before = HeapGraph.copy(new BuiltGraph(graph, new Holdout(new int[0])));
        int unreachable = unreachable(before);
        int repaired = repair(memory, Graphs.oneThread(), 1 + random().nextInt(20));
        String message = size + " nodes, M " + maxConn + ", " + parts + " parts, full " + full;
        HeapGraph after =
            HeapGraph.copy(new BuiltGraph(graph, new Holdout(new int[0])))
                .check(message, size, maxConn);
        assertEquals(message, unreachable > 0, repaired > 0);
        assertTrue(message, repaired <= unreachable);
        assertTrue(
            message,
            after.countLinks() <= before.countLinks() + 2 * repaired); // in both directions
        if (repaired == 0) {
          assertTrue(message, Arrays.deepEquals(before.links, after.links)); // nothing changed
        }
      }
      assertEquals(0, budget.used());
    }
  }

  /** A chain with links back, in which every forward link is needed. */
  public void testChain() throws IOException {
    int size = TestUtil.nextInt(random(), 10, 100);
    MemoryBudget budget = new MemoryBudget(1);
    try (BuildMemory memory = budget.take(memoryBytes(size, 2), () -> {})) {
      values =
          Graphs.values(Graphs.vectors(random(), size, 3, 1, 1), METRIC, VectorEncoding.FLOAT32);
      graph = new GraphMemory(size, 2, Density.SPARSE, 0, memory);
      for (int node = 0; node < size; node++) {
        graph.setLevel(node, 0);
      }
      int last = size * 2 / 3;
      for (int node = 0; node <= last; node++) {
        if (node < last) {
          graph.add(0, node, node + 1, 0.5f);
        }
        for (int back = 1; back <= 3; back++) {
          int to = node - back;
          if (to >= 0) {
            graph.add(0, node, to, 0.9f); // better than the forward link
          }
        }
      }
      assertEquals(size - 1 - last, repair(memory, Graphs.oneThread(), 5));
      HeapGraph.copy(new BuiltGraph(graph, new Holdout(new int[0]))).check("chain", size, 2);
    }
  }

  /** Nodes without a spare link are tried once, however many nodes need one. */
  public void testManyFullNodes() throws IOException {
    int full = 20_000; // the inner nodes of a tree, which are full
    int tree = 4 * full + 1;
    int orphans = 2000;
    int size = tree + orphans;
    List<float[]> vectors = new ArrayList<>();
    for (int node = 0; node < size; node++) {
      // orphans are near the root; only the tree leads away from there
      vectors.add(new float[] {node == 0 ? 1 : node < tree ? 10 + node : 0});
    }
    values = Graphs.values(vectors, METRIC, VectorEncoding.FLOAT32);
    MemoryBudget budget = new MemoryBudget(1);
    try (BuildMemory memory = budget.take(memoryBytes(size, 2), () -> {})) {
      graph = new GraphMemory(size, 2, Density.SPARSE, 0, memory);
      for (int node = 0; node < size; node++) {
        graph.setLevel(node, 0);
      }
      for (int node = 1; node < tree; node++) {
        graph.add(0, (node - 1) / 4, node, Float.NaN);
      }
      int[] checks = new int[1];
      Workers workers = new Workers(null, 1, () -> checks[0]++, Graphs.NO_LISTENER);
      assertEquals(orphans, repair(memory, workers, 2));
      assertEquals(0, unreachable(HeapGraph.copy(new BuiltGraph(graph, new Holdout(new int[0])))));
      int loops = 10 * (size / Workers.CHECK_INTERVAL + 1);
      assertTrue("" + checks[0], checks[0] < 2 * orphans + loops);
    }
  }

  /** Links of full nodes are kept if others are not full: unreachable nodes form a tree. */
  public void testHubs() throws IOException {
    int hubs = 9; // linked with each other, so that all are full
    int size = TestUtil.nextInt(random(), 100, 1000);
    values = Graphs.values(Graphs.vectors(random(), size, 3, 1, 1), METRIC, VectorEncoding.FLOAT32);
    MemoryBudget budget = new MemoryBudget(1);
    try (BuildMemory memory = budget.take(memoryBytes(size, 4), () -> {})) {
      graph = new GraphMemory(size, 4, Density.SPARSE, 0, memory);
      for (int node = 0; node < size; node++) {
        graph.setLevel(node, 0);
      }
      for (int node = 0; node < size; node++) {
        for (int hub = 0; hub < hubs; hub++) {
          if (hub != node && graph.degree(0, node) < (node < hubs ? 8 : 2)) {
            graph.add(0, node, node < hubs ? hub : (hub + node) % hubs, 0.5f);
          }
        }
      }
      HeapGraph before = HeapGraph.copy(new BuiltGraph(graph, new Holdout(new int[0])));
      assertEquals(size - hubs, repair(memory, Graphs.oneThread(), 10));
      HeapGraph after =
          HeapGraph.copy(new BuiltGraph(graph, new Holdout(new int[0]))).check("hubs", size, 4);
      int replaced = 0;
      for (int hub = 0; hub < hubs; hub++) {
        List<Integer> links = new ArrayList<>(Arrays.stream(after.links[0][hub]).boxed().toList());
        for (int neighbor : before.links[0][hub]) {
          replaced += links.contains(neighbor) ? 0 : 1;
        }
      }
      assertTrue("" + replaced, replaced <= hubs);
    }
  }

  /** Equal vectors, random ones, or points of a line. */
  private enum Kind {
    EQUAL,
    RANDOM,
    LINE;

    List<float[]> vectors(int size) {
      List<float[]> vectors = new ArrayList<>();
      for (int node = 0; node < size; node++) {
        float[] vector = new float[4];
        for (int i = 0; i < vector.length; i++) {
          vector[i] = this == RANDOM ? (float) random().nextGaussian() : 1;
        }
        vector[0] = this == LINE ? node : vector[0];
        vectors.add(vector);
      }
      return vectors;
    }
  }

  /** Graphs of one level in which most nodes are unreachable. */
  private enum Shape {
    NO_LINKS,
    HUBS,
    ISLANDS,
    CHAIN,
    TREE;

    void link(GraphMemory graph) {
      int size = graph.size();
      for (int node = 0; node < size; node++) {
        graph.setLevel(node, 0);
      }
      for (int node = 0; node < size; node++) {
        for (int i = 1; i <= graph.maxDegree(0); i++) {
          int to =
              switch (this) {
                case NO_LINKS -> -1;
                case HUBS -> (node + i) % 8;
                case ISLANDS -> node / 8 * 8 + (node + i) % 8;
                case CHAIN -> node - i; // leads to the entry node
                case TREE -> 4 * node + i < size / 5 * 4 ? 4 * node + i : -1;
              };
          if (to >= 0 && to < size && to != node) {
            graph.add(0, node, to, Float.NaN);
          }
        }
      }
    }
  }

  /** Returns the number of read neighbor lists and scored vectors for each node. */
  private double work(Kind kind, Shape shape, int size) throws IOException {
    values = Graphs.values(kind.vectors(size), METRIC, VectorEncoding.FLOAT32);
    MemoryBudget budget = new MemoryBudget(1);
    try (BuildMemory memory = budget.take(memoryBytes(size, 2), () -> {})) {
      graph = new GraphMemory(size, 2, Density.SPARSE, 0, memory);
      shape.link(graph);
      CountingScorer scorer = new CountingScorer(new VectorPairs(values, METRIC));
      ReachabilityRepair repair =
          new ReachabilityRepair(
              graph,
              new NeighborSearch(graph, scorer, memory.bits(size)),
              new VectorPairs(values, METRIC),
              2,
              memory,
              Graphs.oneThread());
      assertTrue(repair.repair(node -> true) >= size / 10);
      return (repair.reads() + scorer.scores) / (double) size;
    }
  }

  private static final class CountingScorer implements NodeScorer {
    private final NodeScorer in;
    long scores;

    CountingScorer(VectorPairs pairs) throws IOException {
      this.in = new ExactNodeScorer(pairs);
    }

    @Override
    public void setTarget(int node) throws IOException {
      in.setTarget(node);
    }

    @Override
    public int prefetch(int[] nodes, int count) throws IOException {
      return in.prefetch(nodes, count);
    }

    @Override
    public void score(int[] nodes, int count, float[] into) throws IOException {
      scores += count;
      in.score(nodes, count, into);
    }
  }

  /** The work is linear in the number of nodes. */
  public void testLinearWork() throws IOException {
    for (Kind kind : Kind.values()) {
      for (Shape shape : Shape.values()) {
        double few = work(kind, shape, 6000);
        double many = work(kind, shape, 24_000);
        assertTrue(kind + ", " + shape + ": " + few + ", " + many, many < 1.5 * few);
      }
    }
  }

  /** The reported progress. */
  public void testProgress() throws IOException {
    int size = TestUtil.nextInt(random(), 1, 200);
    MemoryBudget budget = new MemoryBudget(1);
    try (BuildMemory memory = budget.take(memoryBytes(size, 4), () -> {})) {
      newGraph(memory, size, 4);
      List<String> reports = new ArrayList<>();
      Workers workers =
          new Workers(
              null,
              1,
              () -> {},
              (phase, done, total) -> reports.add(phase + done + " of " + total));
      repair(memory, workers, 5);
      assertEquals("connecting0 of " + size, reports.get(0));
      assertEquals("connecting" + size + " of " + size, reports.get(reports.size() - 1));
    }
  }

  public void testAbort() throws IOException {
    int size = 100;
    for (int allowed = 0; allowed < 20; allowed++) {
      int[] left = {allowed};
      Workers workers =
          new Workers(
              null,
              1,
              () -> {
                if (left[0]-- == 0) {
                  throw new IOException("enough");
                }
              },
              Graphs.NO_LISTENER);
      MemoryBudget budget = new MemoryBudget(1);
      try (BuildMemory memory = budget.take(memoryBytes(size, 4), () -> {})) {
        newGraph(memory, size, 4);
        assertEquals(
            "enough",
            expectThrows(IOException.class, () -> repair(memory, workers, 5)).getMessage());
      }
      assertEquals(0, budget.used());
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/** Nodes that threads insert at the same time, and what other threads see of them. */
public class TestNodeInserter extends BuildTestCase {

  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;

  private final MemoryBudget budget = new MemoryBudget(1);
  private final Queue<OffHeapBits> visited = new ConcurrentLinkedQueue<>();
  private KnnVectorValues values;
  private BuildMemory memory;
  private GraphMemory graph;

  @Override
  int executorThreads() {
    return MAX_THREADS; // one more than an insertion uses
  }

  @Override
  public void tearDown() throws Exception {
    memory.close();
    assertEquals(0, budget.used());
    super.tearDown();
  }

  private void newGraph(int size, int maxConn) throws IOException {
    values =
        Graphs.values(
            Graphs.vectors(random(), size, TestUtil.nextInt(random(), 1, 20), 1, 1),
            METRIC,
            VectorEncoding.FLOAT32);
    int upperRecords = 3 * size;
    memory =
        budget.take(
            GraphMemory.memoryBytes(size, maxConn, upperRecords)
                + MAX_THREADS * BuildMemory.costOfBits(size),
            () -> {});
    graph = new GraphMemory(size, maxConn, Density.FULL, upperRecords, memory);
    for (int node = 0; node < size; node++) {
      graph.setLevel(node, random().nextInt(4) == 0 ? random().nextInt(4) : 0);
    }
    for (int i = 0; i < MAX_THREADS; i++) {
      visited.add(memory.bits(size));
    }
  }

  /** Inserts all nodes. */
  private void insert(int beamWidth) throws IOException {
    insert(beamWidth, workers(MAX_THREADS));
  }

  private void insert(int beamWidth, Workers workers) throws IOException {
    workers.forEach(
        "graph",
        graph.size(),
        () -> {
          VectorPairs pairs = new VectorPairs(values, METRIC);
          NeighborSelector selector = new NeighborSelector(pairs, METRIC, 1, workers);
          NodeScorer scorer = new ExactNodeScorer(new VectorPairs(values, METRIC));
          NodeInserter inserter =
              new NodeInserter(
                  graph,
                  new NeighborSearch(graph, scorer, visited.remove()),
                  pairs,
                  selector,
                  new LinkWriter(graph, pairs, selector),
                  beamWidth,
                  workers);
          return node -> {
            if (node != graph.entryNode()) {
              inserter.insert(node);
            }
          };
        });
  }

  /** While no node is full, links are symmetric. */
  public void testBothDirections() throws IOException {
    newGraph(150, 64);
    insert(TestUtil.nextInt(random(), 2, 64));
    HeapGraph copy = HeapGraph.copy(new BuiltGraph(graph, new Holdout(new int[0])));
    for (int level = 0; level < copy.numLevels(); level++) {
      for (int node = 0; node < copy.size(); node++) {
        if (copy.links[level][node] != null) {
          for (int neighbor : copy.links[level][node]) {
            boolean back = false;
            for (int n : copy.links[level][neighbor]) {
              back |= n == node;
            }
            assertTrue(level + ": " + node + " to " + neighbor, back);
          }
        }
      }
    }
    copy.check("no node is full", 150, 64);
  }

  /** A traversal that reaches a node finds its neighbors, on that level and all below. */
  public void testFoundNodesHaveLinks() throws Exception {
    newGraph(TestUtil.nextInt(random(), 500, 2000), TestUtil.nextInt(random(), 2, 10));
    AtomicBoolean done = new AtomicBoolean();
    long seed = random().nextLong();
    // runs in the one thread of the executor that the insertion does not use
    Future<Integer> reader = executor.submit(() -> traverse(new Random(seed), done));
    try {
      insert(TestUtil.nextInt(random(), 2, 20));
    } finally {
      done.set(true);
    }
    assertTrue(reader.get() > 0);
  }

  /** The same at each check for aborts. */
  public void testLinksAtEachCheck() throws IOException {
    newGraph(TestUtil.nextInt(random(), 50, 150), TestUtil.nextInt(random(), 2, 3));
    AtomicInteger checks = new AtomicInteger();
    Workers workers =
        new Workers(
            null,
            1,
            () -> {
              checkLinks();
              checks.incrementAndGet();
            },
            Graphs.NO_LISTENER);
    insert(TestUtil.nextInt(random(), 4, 20), workers);
    assertTrue(checks.get() > graph.size());
  }

  private void checkLinks() {
    int[] neighbors = new int[graph.maxCapacity()];
    for (int node = 0; node < graph.size(); node++) {
      for (int level = graph.level(node); level >= 0; level--) {
        int degree = graph.read(level, node, neighbors);
        for (int i = 0; i < degree; i++) {
          checkLinks(neighbors[i], level);
        }
      }
    }
  }

  private void checkLinks(int node, int level) {
    assertTrue(graph.level(node) >= level);
    for (int below = level; below >= 0 && node != graph.entryNode(); below--) {
      assertTrue(
          "node " + node + " of level " + level + " has none on level " + below,
          graph.degree(below, node) > 0);
    }
  }

  /** Traverses the graph at random until all nodes are inserted, and once more. */
  private int traverse(Random random, AtomicBoolean done) {
    int[] neighbors = new int[graph.maxCapacity()];
    int steps = 0;
    boolean last;
    do {
      last = done.get();
      int node = graph.entryNode();
      for (int level = graph.topLevel(); level >= 0; level--) {
        for (int i = 0; i < 20; i++) {
          int degree = graph.read(level, node, neighbors);
          if (degree == 0) {
            break; // the entry node has no neighbors at first
          }
          node = neighbors[random.nextInt(degree)];
          steps++;
          checkLinks(node, level);
        }
      }
    } while (last == false);
    return steps;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/** Nodes that threads insert at the same time, as others find them. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestNodeInserter extends LuceneTestCase {

  private static final int THREADS = 4;
  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;

  private final MemoryBudget budget = new MemoryBudget(1);
  private final Queue<OffHeapBits> visited = new ConcurrentLinkedQueue<>();
  private ExecutorService executor;
  private KnnVectorValues values;
  private BuildMemory memory;
  private GraphMemory graph;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(THREADS, new NamedThreadFactory("inserts"));
  }

  @Override
  public void tearDown() throws Exception {
    memory.close();
    assertEquals(0, budget.used());
    TestUtil.shutdownExecutorService(executor);
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
                + THREADS * BuildMemory.costOfBits(size),
            () -> {});
    graph = new GraphMemory(size, maxConn, Density.FULL, upperRecords, memory);
    for (int node = 0; node < size; node++) {
      graph.setLevel(node, random().nextInt(4) == 0 ? random().nextInt(4) : 0);
    }
    for (int i = 0; i < THREADS; i++) {
      visited.add(memory.bits(size));
    }
  }

  /** Inserts all nodes. */
  private void insert(int beamWidth) throws IOException {
    insert(
        beamWidth, new Workers(new TaskExecutor(executor), THREADS, () -> {}, Graphs.NO_LISTENER));
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

  /** While no node is full, each of two neighbors has a link to the other. */
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
    copy.check("nobody is full", 150, 64);
  }

  /** Who gets to a node finds links of its own, on that level and all below. */
  public void testFoundNodesHaveLinks() throws Exception {
    newGraph(TestUtil.nextInt(random(), 500, 2000), TestUtil.nextInt(random(), 2, 10));
    AtomicBoolean done = new AtomicBoolean();
    long seed = random().nextLong();
    // one more thread than inserts, and than the executor is asked for by them
    Future<Integer> reader = executor.submit(() -> walk(new Random(seed), done));
    try {
      insert(TestUtil.nextInt(random(), 2, 20));
    } finally {
      done.set(true);
    }
    assertTrue(reader.get() > 0);
  }

  /** The same at every moment that a thread looks whether it is to end. */
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
    int[] neighbors = new int[graph.maxRoom()];
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

  /** Walks at random until all is done, and once more. */
  private int walk(Random random, AtomicBoolean done) {
    int[] neighbors = new int[graph.maxRoom()];
    int steps = 0;
    boolean last;
    do {
      last = done.get();
      int node = graph.entryNode();
      for (int level = graph.topLevel(); level >= 0; level--) {
        for (int i = 0; i < 20; i++) {
          int degree = graph.read(level, node, neighbors);
          if (degree == 0) {
            break; // the entry node is alone at first
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

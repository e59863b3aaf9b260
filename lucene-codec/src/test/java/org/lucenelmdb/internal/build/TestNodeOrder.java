/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.workers.Workers;

/** Every node occurs once in the order of any graph. */
public class TestNodeOrder extends LuceneTestCase {

  /** A graph with one level. */
  private static final class Links extends HnswGraph {
    private final int[][] links;
    private final int entryNode;
    private int[] current;
    private int upTo;

    Links(int[][] links, int entryNode) {
      this.links = links;
      this.entryNode = entryNode;
    }

    @Override
    public void seek(int level, int target) {
      assertEquals(0, level);
      current = links[target];
      upTo = 0;
    }

    @Override
    public int nextNeighbor() {
      return upTo < current.length ? current[upTo++] : NO_MORE_DOCS;
    }

    @Override
    public int neighborCount() {
      return current.length;
    }

    @Override
    public int size() {
      return links.length;
    }

    @Override
    public int numLevels() {
      return 1;
    }

    @Override
    public int maxConn() {
      return UNKNOWN_MAX_CONN;
    }

    @Override
    public int entryNode() {
      return entryNode;
    }

    @Override
    public NodesIterator getNodesOnLevel(int level) {
      return new DenseNodesIterator(links.length);
    }
  }

  private static void check(int[][] links, int entryNode) throws IOException {
    int[] order = ordinals(links, entryNode, () -> {});
    if (links.length > 0) {
      assertEquals(Math.max(0, entryNode), order[0]);
    }
    assertArrayEquals(order, ordinals(links, entryNode, () -> {}));
    Arrays.sort(order);
    for (int node = 0; node < order.length; node++) {
      assertEquals(node, order[node]);
    }
  }

  /** Returns the ordinals by node; checks that the order takes the predicted memory. */
  private static int[] ordinals(int[][] links, int entryNode, IORunnable abort) throws IOException {
    long bytes = NodeOrder.memoryBytes(links.length);
    MemoryBudget budget = new MemoryBudget(bytes);
    Workers workers = new Workers(null, 1, abort, (phase, done, total) -> {});
    try (BuildMemory memory = budget.take(bytes, () -> {})) {
      NodeOrder order = NodeOrder.of(new Links(links, entryNode), memory, workers);
      int[] ordinals = new int[links.length];
      Arrays.setAll(ordinals, order::ordinal);
      for (int node = 0; node < ordinals.length; node++) {
        assertEquals(node, order.node(ordinals[node]));
      }
      expectThrows(IllegalStateException.class, () -> memory.allocate(1)); // nothing is left
      return ordinals;
    } finally {
      assertEquals(0, budget.used());
    }
  }

  /** The order is not valid after its memory was released. */
  public void testUseAfterClose() throws IOException {
    MemoryBudget budget = new MemoryBudget(1 << 20);
    Workers workers = new Workers(null, 1, () -> {}, (phase, done, total) -> {});
    NodeOrder order;
    try (BuildMemory memory = budget.take(NodeOrder.memoryBytes(10), () -> {})) {
      order = NodeOrder.of(new Links(new int[10][0], 3), memory, workers);
    }
    expectThrows(AlreadyClosedException.class, () -> order.ordinal(0));
    expectThrows(AlreadyClosedException.class, () -> order.node(0));
  }

  /**
   * Returns links of each node to up to {@code maxDegree} nodes at a distance of up to {@code
   * reach}, which may include the node itself and duplicates.
   */
  private static int[][] random(int size, int maxDegree, int reach) {
    int[][] links = new int[size][];
    for (int node = 0; node < size; node++) {
      links[node] = new int[random().nextInt(maxDegree + 1)];
      for (int i = 0; i < links[node].length; i++) {
        links[node][i] = Math.floorMod(node + random().nextInt(2 * reach + 1) - reach, size);
      }
    }
    return links;
  }

  public void testRandomGraphs() throws IOException {
    for (int i = 0; i < 100; i++) {
      int size = TestUtil.nextInt(random(), 1, random().nextBoolean() ? 200 : 5000);
      int[][] links = random(size, random().nextInt(40), 1 + random().nextInt(size));
      check(links, random().nextInt(size));
    }
  }

  public void testSmallGraphs() throws IOException {
    check(new int[0][], -1);
    check(new int[][] {{}}, 0);
    check(new int[][] {{}}, -1);
    check(new int[][] {{0, 0, 0}}, 0);
    check(new int[][] {{1}, {0}}, 1);
    check(new int[][] {{1, 1}, {}}, 1);
  }

  public void testNoLinks() throws IOException {
    for (int size : new int[] {63, 64, 65, 128, 1000}) {
      check(new int[size][0], random().nextInt(size));
    }
  }

  /** More links from a group to one node than a byte counts. */
  public void testManyLinksToOneNode() throws IOException {
    int[][] links = new int[500][];
    for (int node = 0; node < links.length; node++) {
      links[node] = new int[300];
      Arrays.fill(links[node], node < 250 ? 499 : (node + 1) % links.length);
    }
    check(links, 0);
  }

  /** Unconnected parts come one after the other. */
  public void testIslandsStayTogether() throws IOException {
    int islands = 10;
    int members = 64;
    int[] island = new int[islands * members];
    int[][] links = new int[island.length][members - 1];
    for (int node = 0; node < island.length; node++) {
      island[node] = node % islands;
      for (int i = 0; i < members - 1; i++) {
        links[node][i] = (node + (i + 1) * islands) % island.length;
      }
    }
    int[] order = ordinals(links, 5, () -> {});
    for (int i = 0; i < order.length; i++) {
      assertEquals(island[order[i / members * members]], island[order[i]]);
    }
  }

  public void testAborts() {
    int[][] links = random(20_000, 8, 20_000);
    int[] checks = new int[1];
    int allowed = random().nextInt(30);
    expectThrows(
        MergePolicy.MergeAbortedException.class,
        () ->
            ordinals(
                links,
                0,
                () -> {
                  if (checks[0]++ == allowed) {
                    throw new MergePolicy.MergeAbortedException("enough");
                  }
                }));
    assertEquals(allowed + 1, checks[0]);
  }
}

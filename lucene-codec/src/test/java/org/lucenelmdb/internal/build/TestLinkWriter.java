/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorPairs;

/** Links that threads add to the same nodes at the same time, and the selection of full nodes. */
public class TestLinkWriter extends BuildTestCase {

  private static final int SIZE = 2000;
  private static final VectorMetric METRIC = VectorMetric.EUCLIDEAN;

  private final MemoryBudget budget = new MemoryBudget(1);
  private KnnVectorValues values;
  private BuildMemory memory;
  private GraphMemory graph;
  private int maxConn;
  private Density density;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    maxConn = TestUtil.nextInt(random(), 2, 40);
    values =
        Graphs.values(
            Graphs.vectors(random(), SIZE, TestUtil.nextInt(random(), 1, 20), 1, 1),
            METRIC,
            VectorEncoding.FLOAT32);
    memory = budget.take(GraphMemory.memoryBytes(SIZE, maxConn, SIZE), () -> {});
    density = Density.values()[random().nextInt(Density.values().length)];
    graph = new GraphMemory(SIZE, maxConn, density, SIZE, memory);
    for (int node = 0; node < SIZE; node++) {
      graph.setLevel(node, 1);
    }
  }

  @Override
  public void tearDown() throws Exception {
    memory.close();
    assertEquals(0, budget.used());
    super.tearDown();
  }

  private LinkWriter writer(float alpha) throws IOException {
    VectorPairs pairs = new VectorPairs(values, METRIC);
    return new LinkWriter(
        graph, pairs, new NeighborSelector(pairs, METRIC, alpha, Graphs.oneThread()));
  }

  private float score(int a, int b) throws IOException {
    VectorPairs pairs = new VectorPairs(values, METRIC);
    float[] score = new float[1];
    pairs.setTarget(a);
    pairs.score(new int[] {b}, 1, score);
    return score[0];
  }

  /** Returns the neighbors of a node; checks their scores, and that each occurs once. */
  private Set<Integer> links(int level, int node) throws IOException {
    int[] neighbors = new int[graph.maxCapacity()];
    float[] scores = new float[graph.maxCapacity()];
    int degree = graph.read(level, node, neighbors);
    assertEquals(graph.degree(level, node), degree);
    graph.readScores(level, node, scores, degree);
    Set<Integer> links = new HashSet<>();
    for (int i = 0; i < degree; i++) {
      assertTrue("twice", links.add(neighbors[i]));
      assertEquals(score(node, neighbors[i]), scores[i], 0f);
    }
    return links;
  }

  private record Link(int node, int neighbor) {}

  /** Returns links from the first nodes to random others, most of them twice, in random order. */
  private List<Link> offers(int nodes, int perNode) {
    List<Link> offers = new ArrayList<>();
    for (int node = 0; node < nodes; node++) {
      List<Integer> others = new ArrayList<>(IntStream.range(nodes, SIZE).boxed().toList());
      Collections.shuffle(others, random());
      for (int neighbor : others.subList(0, perNode)) {
        offers.add(new Link(node, neighbor));
        if (random().nextInt(3) > 0) {
          offers.add(new Link(node, neighbor));
        }
      }
    }
    Collections.shuffle(offers, random());
    return offers;
  }

  private void addAll(int level, List<Link> offers) throws IOException {
    workers(MAX_THREADS)
        .forEach(
            "links",
            offers.size(),
            () -> {
              LinkWriter writer = writer(1);
              return i -> {
                Link link = offers.get(i);
                writer.add(level, link.node, link.neighbor, score(link.node, link.neighbor));
              };
            });
  }

  private static Set<Integer> offered(List<Link> offers, int node) {
    Set<Integer> offered = new HashSet<>();
    for (Link link : offers) {
      if (link.node == node) {
        offered.add(link.neighbor);
      }
    }
    return offered;
  }

  /** Below the capacity, no link is lost. */
  public void testBelowCapacity() throws IOException {
    for (int level = 0; level <= 1; level++) {
      int nodes = 1 + random().nextInt(4);
      List<Link> offers = offers(nodes, graph.capacity(level));
      addAll(level, offers);
      for (int node = 0; node < nodes; node++) {
        assertEquals(offered(offers, node), links(level, node));
      }
    }
  }

  /** Above the capacity, nodes keep enough of the offered links. */
  public void testAboveCapacity() throws IOException {
    for (int level = 0; level <= 1; level++) {
      int nodes = 1 + random().nextInt(4);
      List<Link> offers = offers(nodes, graph.capacity(level) + 1 + random().nextInt(500));
      addAll(level, offers);
      for (int node = 0; node < nodes; node++) {
        Set<Integer> before = links(level, node);
        assertTrue(offered(offers, node).containsAll(before));
        assertTrue(before.size() >= graph.kept(level).min());
        assertTrue(before.size() <= graph.capacity(level));
        writer(1).prune(level, node);
        Set<Integer> after = links(level, node);
        assertTrue(before.containsAll(after));
        assertTrue(after.size() <= graph.maxDegree(level));
        assertTrue(after.size() >= graph.kept(level).min());
        if (before.size() <= graph.maxDegree(level)) {
          assertEquals(before, after);
        }
      }
    }
  }

  /** Selects by the definition: diverse neighbors, and the best others if these are too few. */
  private Set<Integer> selected(int node, Set<Integer> offered, int level, float alpha)
      throws IOException {
    List<Integer> sorted = new ArrayList<>(offered);
    float[] scores = new float[SIZE];
    for (int neighbor : offered) {
      scores[neighbor] = score(node, neighbor);
    }
    sorted.sort((a, b) -> Float.compare(scores[b], scores[a]));
    int maxDiverse = graph.kept(level).maxDiverse();
    List<Integer> selected = new ArrayList<>();
    List<Integer> rejected = new ArrayList<>();
    for (int neighbor : sorted) {
      boolean diverse = true;
      for (int other : selected) {
        diverse &= score(neighbor, other) < METRIC.divideDistance(scores[neighbor], alpha);
      }
      if (selected.size() < graph.maxDegree(level)) {
        (diverse && selected.size() < maxDiverse ? selected : rejected).add(neighbor);
      }
    }
    int missing = Math.max(0, graph.kept(level).min() - selected.size());
    selected.addAll(rejected.subList(0, missing));
    return new HashSet<>(selected);
  }

  /** The link that exceeds the capacity makes the node select among all. */
  public void testSelection() throws IOException {
    for (int level = 0; level <= 1; level++) {
      for (float alpha : new float[] {1, 1.2f, 2}) {
        int node = random().nextInt(SIZE);
        graph.set(level, node, new int[0], new float[0], 0);
        LinkWriter writer = writer(alpha);
        Set<Integer> offered = new HashSet<>();
        while (offered.size() <= graph.capacity(level)) {
          int neighbor = random().nextInt(SIZE);
          if (neighbor != node) {
            offered.add(neighbor);
            writer.add(level, node, neighbor, score(node, neighbor));
          }
        }
        assertEquals(selected(node, offered, level, alpha), links(level, node));
      }
    }
  }

  /** Copied links have no scores until a selection needs them. */
  public void testUnknownScores() throws IOException {
    for (int level = 0; level <= 1; level++) {
      int count = graph.capacity(level);
      Set<Integer> offered = new HashSet<>();
      for (int i = 1; i <= count; i++) {
        graph.add(level, 0, i, Float.NaN);
        offered.add(i);
      }
      LinkWriter writer = writer(1);
      if (random().nextBoolean()) {
        offered.add(count + 1);
        writer.add(level, 0, count + 1, score(0, count + 1));
      } else {
        writer.prune(level, 0);
      }
      assertEquals(selected(0, offered, level, 1), links(level, 0));
    }
  }
}

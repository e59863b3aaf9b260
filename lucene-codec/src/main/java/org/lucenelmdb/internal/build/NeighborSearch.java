/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.offheap.OffHeapBits;

/**
 * Finds the nodes near another one in a graph under construction: HNSW's search (Malkov and
 * Yashunin, Efficient and robust approximate nearest neighbor search using Hierarchical Navigable
 * Small World graphs, 2018, algorithm 2). For one thread, and one node after the other.
 *
 * <p>Most of the time goes into waiting for memory. So all new neighbors of a node are touched
 * before the first one is scored, and so are the links of the node that is likely to be next.
 */
final class NeighborSearch {

  private final GraphMemory graph;
  private final NodeScorer scorer;
  private final OffHeapBits visited;
  private final Beam queue = new Beam();
  private final int[] nodes;
  private final float[] scores;
  private final long[] entries;

  /** All that are in {@link #visited}. */
  private int[] met = new int[1024];

  private int metCount;

  /** Where the search on the next level begins. */
  private long[] seeds = new long[1];

  private int seedCount;

  /** Nodes whose links are read at most, for one node. */
  private int mostSteps = Integer.MAX_VALUE;

  private int stepsLeft;

  /** What was touched, which somebody might want to know: so the JVM cannot leave it out. */
  private int touched;

  /**
   * @param visited of the graph's nodes, empty; this search's own
   */
  NeighborSearch(GraphMemory graph, NodeScorer scorer, OffHeapBits visited) {
    this.graph = graph;
    this.scorer = scorer;
    this.visited = visited;
    this.nodes = new int[graph.maxRoom()];
    this.scores = new float[graph.maxRoom()];
    this.entries = new long[graph.maxRoom()];
  }

  /**
   * Lets searches end when they have read the links of so many nodes, and find what they have met
   * by then.
   *
   * @return this search
   */
  NeighborSearch withMostSteps(int steps) {
    mostSteps = steps;
    return this;
  }

  /**
   * Begins a search, at the graph's entry node, and goes down to a level.
   *
   * @param node whose neighbors are sought
   */
  void begin(int node, int level) throws IOException {
    stepsLeft = mostSteps;
    scorer.setTarget(node);
    nodes[0] = graph.entryNode();
    touched += scorer.touch(nodes, 1);
    scorer.score(nodes, 1, scores);
    long best = Beam.entry(nodes[0], scores[0]);
    for (int l = graph.topLevel(); l > level; l--) {
      long before;
      do {
        before = best;
        int degree = graph.read(l, Beam.node(best), nodes);
        touched += scorer.touch(nodes, degree);
        scorer.score(nodes, degree, scores);
        for (int i = 0; i < degree; i++) {
          best = Math.max(best, Beam.entry(nodes[i], scores[i]));
        }
      } while (best > before && --stepsLeft > 0);
    }
    seeds[0] = best;
    seedCount = 1;
  }

  /**
   * Begins a search on level 0, at some nodes.
   *
   * @param node whose neighbors are sought
   * @param at nodes of the graph; some may be equal
   */
  void beginAt(int node, int[] at, int count) throws IOException {
    stepsLeft = mostSteps;
    scorer.setTarget(node);
    seeds = ArrayUtil.growNoCopy(seeds, count);
    seedCount = 0;
    for (int from = 0; from < count; from += nodes.length) {
      int some = Math.min(nodes.length, count - from);
      System.arraycopy(at, from, nodes, 0, some);
      some = visited.retainNew(nodes, some);
      touched += scorer.touch(nodes, some);
      scorer.score(nodes, some, scores);
      for (int i = 0; i < some; i++) {
        remember(nodes[i]);
        seeds[seedCount++] = Beam.entry(nodes[i], scores[i]);
      }
    }
  }

  /**
   * Finds nodes on a level, from those on that were found on the level above.
   *
   * @param beamWidth how many to find
   */
  void search(int level, int beamWidth) throws IOException {
    queue.reset(beamWidth);
    for (int i = 0; i < seedCount; i++) {
      int node = Beam.node(seeds[i]);
      visited.getAndSet(node);
      remember(node);
      offer(seeds[i]);
    }
    while (queue.hasFrontier() && queue.peek() >= queue.minCompetitive() && stepsLeft-- > 0) {
      int degree = graph.read(level, Beam.node(queue.pop()), nodes);
      score(level, visited.retainNew(nodes, degree));
    }
    for (int i = 0; i < metCount; i++) {
      visited.clearAround(met[i]);
    }
    metCount = 0;
    keepSeeds();
  }

  private void remember(int node) {
    met = ArrayUtil.grow(met, metCount + 1);
    met[metCount++] = node;
  }

  /** Scores the first of {@link #nodes}, and opens and keeps those that are good enough. */
  private void score(int level, int count) throws IOException {
    touched += scorer.touch(nodes, count);
    if (level == 0 && queue.hasFrontier()) {
      touched += graph.touch(Beam.node(queue.peek()));
    }
    met = ArrayUtil.grow(met, metCount + count);
    System.arraycopy(nodes, 0, met, metCount, count);
    metCount += count;
    scorer.score(nodes, count, scores);
    long bound = queue.minCompetitive();
    int competitive = 0;
    for (int i = 0; i < count; i++) {
      long entry = Beam.entry(nodes[i], scores[i]);
      entries[competitive] = entry;
      competitive += entry > bound ? 1 : 0; // no branch, as none would be predicted
    }
    for (int i = 0; i < competitive; i++) {
      offer(entries[i]);
    }
  }

  private void offer(long entry) {
    if (entry > queue.minCompetitive()) {
      queue.push(entry);
      queue.collect(entry);
    }
  }

  private void keepSeeds() {
    seedCount = queue.collectedCount();
    seeds = ArrayUtil.growNoCopy(seeds, seedCount);
    for (int i = 0; i < seedCount; i++) {
      seeds[i] = queue.collected(i);
    }
  }

  /** The number of nodes that were found. */
  int found() {
    return seedCount;
  }

  /** One of the nodes that were found, in no order. */
  int node(int i) {
    return Beam.node(seeds[i]);
  }

  @Override
  public String toString() {
    return "NeighborSearch(touched " + touched + ")";
  }
}

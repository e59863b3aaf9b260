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
 * Finds the nodes near a given node in a graph under construction: HNSW's beam search (<a
 * href="https://arxiv.org/abs/1603.09320">Malkov and Yashunin</a>, algorithm 2). For one thread.
 *
 * <p>The search mostly waits for memory. Therefore it prefetches all unvisited neighbors of a node
 * before it scores the first one, and the neighbor list of the node that is likely to be expanded
 * next.
 */
final class NeighborSearch {

  private final GraphMemory graph;
  private final NodeScorer scorer;
  private final OffHeapBits visited;
  private final Beam beam = new Beam();
  private final int[] nodes;
  private final float[] scores;
  private final long[] entries;

  /** The nodes in {@link #visited}. */
  private int[] visits = new int[1024];

  private int visitCount;

  /** The entries from which the search on the next level starts. */
  private long[] seeds = new long[1];

  private int seedCount;

  /** The largest number of nodes to expand for one target. */
  private int maxExpansions = Integer.MAX_VALUE;

  private int expansionsLeft;

  /** Accumulates prefetch reads so that the JIT cannot eliminate them. */
  private int prefetched;

  /**
   * @param visited an empty set of nodes for the exclusive use of this search
   */
  NeighborSearch(GraphMemory graph, NodeScorer scorer, OffHeapBits visited) {
    this.graph = graph;
    this.scorer = scorer;
    this.visited = visited;
    this.nodes = new int[graph.maxCapacity()];
    this.scores = new float[graph.maxCapacity()];
    this.entries = new long[graph.maxCapacity()];
  }

  /**
   * Makes searches stop after a number of expansions, with the best nodes found until then.
   *
   * @return this search
   */
  NeighborSearch withMaxExpansions(int expansions) {
    maxExpansions = expansions;
    return this;
  }

  /**
   * Begins a search at the entry node, and descends to a level.
   *
   * @param node the target, whose neighbors are searched for
   */
  void begin(int node, int level) throws IOException {
    expansionsLeft = maxExpansions;
    scorer.setTarget(node);
    nodes[0] = graph.entryNode();
    prefetched += scorer.prefetch(nodes, 1);
    scorer.score(nodes, 1, scores);
    long best = Beam.entry(nodes[0], scores[0]);
    for (int l = graph.topLevel(); l > level; l--) {
      long before;
      do {
        before = best;
        int degree = graph.read(l, Beam.node(best), nodes);
        prefetched += scorer.prefetch(nodes, degree);
        scorer.score(nodes, degree, scores);
        for (int i = 0; i < degree; i++) {
          best = Math.max(best, Beam.entry(nodes[i], scores[i]));
        }
      } while (best > before && --expansionsLeft > 0);
    }
    seeds[0] = best;
    seedCount = 1;
  }

  /**
   * Begins a search on level 0 at given nodes.
   *
   * @param node the target, whose neighbors are searched for
   * @param at nodes of the graph, which may occur repeatedly
   */
  void beginAt(int node, int[] at, int count) throws IOException {
    expansionsLeft = maxExpansions;
    scorer.setTarget(node);
    seeds = ArrayUtil.growNoCopy(seeds, count);
    seedCount = 0;
    for (int from = 0; from < count; from += nodes.length) {
      int batch = Math.min(nodes.length, count - from);
      System.arraycopy(at, from, nodes, 0, batch);
      batch = visited.retainNew(nodes, batch);
      prefetched += scorer.prefetch(nodes, batch);
      scorer.score(nodes, batch, scores);
      for (int i = 0; i < batch; i++) {
        addVisit(nodes[i]);
        seeds[seedCount++] = Beam.entry(nodes[i], scores[i]);
      }
    }
  }

  /**
   * Finds nodes on a level, starting from the nodes that were found on the level above.
   *
   * @param beamWidth the number of nodes to find
   */
  void search(int level, int beamWidth) throws IOException {
    beam.reset(beamWidth);
    for (int i = 0; i < seedCount; i++) {
      int node = Beam.node(seeds[i]);
      visited.getAndSet(node);
      addVisit(node);
      offer(seeds[i]);
    }
    while (beam.hasFrontier() && beam.peek() >= beam.minCompetitive() && expansionsLeft-- > 0) {
      int degree = graph.read(level, Beam.node(beam.pop()), nodes);
      score(level, visited.retainNew(nodes, degree));
    }
    for (int i = 0; i < visitCount; i++) {
      visited.clearAround(visits[i]);
    }
    visitCount = 0;
    collectSeeds();
  }

  private void addVisit(int node) {
    visits = ArrayUtil.grow(visits, visitCount + 1);
    visits[visitCount++] = node;
  }

  /** Scores the first of {@link #nodes}, and adds competitive ones to the beam. */
  private void score(int level, int count) throws IOException {
    prefetched += scorer.prefetch(nodes, count);
    if (level == 0 && beam.hasFrontier()) {
      prefetched += graph.prefetch(Beam.node(beam.peek()));
    }
    visits = ArrayUtil.grow(visits, visitCount + count);
    System.arraycopy(nodes, 0, visits, visitCount, count);
    visitCount += count;
    scorer.score(nodes, count, scores);
    long minCompetitive = beam.minCompetitive();
    int competitive = 0;
    for (int i = 0; i < count; i++) {
      long entry = Beam.entry(nodes[i], scores[i]);
      entries[competitive] = entry;
      competitive += entry > minCompetitive ? 1 : 0; // branchless: a branch would be mispredicted
    }
    for (int i = 0; i < competitive; i++) {
      offer(entries[i]);
    }
  }

  private void offer(long entry) {
    if (entry > beam.minCompetitive()) {
      beam.push(entry);
      beam.collect(entry);
    }
  }

  private void collectSeeds() {
    seedCount = beam.collectedCount();
    seeds = ArrayUtil.growNoCopy(seeds, seedCount);
    for (int i = 0; i < seedCount; i++) {
      seeds[i] = beam.collected(i);
    }
  }

  /** Returns the number of nodes that were found. */
  int found() {
    return seedCount;
  }

  /** Returns a node that was found, in no particular order. */
  int node(int i) {
    return Beam.node(seeds[i]);
  }

  @Override
  public String toString() {
    return "NeighborSearch(prefetched " + prefetched + ")";
  }
}

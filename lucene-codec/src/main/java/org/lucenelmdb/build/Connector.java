/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.build;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.lucenelmdb.graph.CandidateQueue;
import org.lucenelmdb.resources.BuildMemory;
import org.lucenelmdb.resources.OffHeapBits;
import org.lucenelmdb.resources.OffHeapInts;
import org.lucenelmdb.resources.Workers;
import org.lucenelmdb.vectors.VectorPairs;

/**
 * Makes every node reachable: on each level, all of its nodes from the entry node. Choosing diverse
 * neighbours may leave a node without links that lead to it, as many equal vectors do, for example.
 *
 * <p>A node that is not reached gets a link from the most similar node that is, and one to it if it
 * has room. If that one has none, the link replaces one that is not needed: the links by which
 * nodes were reached first are a tree, and are never replaced. So there is always one that can be.
 * For one thread.
 */
final class Connector {

  private final GraphMemory graph;
  private final NeighborSearch search;
  private final VectorPairs pairs;
  private final int beamWidth;
  private final Workers workers;

  private final OffHeapBits reached;

  /** By which node one was reached. */
  private final OffHeapInts parents;

  /** Nodes that were reached, whose links were not looked at yet. */
  private final OffHeapInts queue;

  private int queueHead;
  private int queueTail;
  private final int[] neighbors;
  private final float[] neighborScores;

  Connector(
      GraphMemory graph,
      NeighborSearch search,
      VectorPairs pairs,
      int beamWidth,
      BuildMemory memory,
      Workers workers)
      throws IOException {
    this.graph = graph;
    this.search = search;
    this.pairs = pairs;
    this.beamWidth = beamWidth;
    this.workers = workers;
    this.reached = memory.bits(graph.size());
    this.parents = memory.ints(graph.size());
    this.queue = memory.ints(graph.size());
    this.neighbors = new int[graph.maxRoom()];
    this.neighborScores = new float[graph.maxRoom()];
  }

  /** What the constructor allocates. */
  static long memoryBytes(int size) {
    return BuildMemory.costOfBits(size) + 2 * BuildMemory.costOfInts(size);
  }

  /**
   * Links nodes that cannot be reached, and checks that all can be then.
   *
   * @param present which nodes are in the graph
   * @return how many could not be reached, on all levels together
   */
  int connect(IntPredicate present) throws IOException {
    int connected = 0;
    for (int level = graph.topLevel(); level >= 0; level--) { // a search goes down by those above
      int repaired = connect(level, present);
      if (repaired > 0) {
        check(level, present);
      }
      connected += repaired;
    }
    return connected;
  }

  private int connect(int level, IntPredicate present) throws IOException {
    walkFromEntry(level);
    int repaired = 0;
    for (int node = 0; node < graph.size(); node++) {
      checkNowAndThen(node);
      if (graph.level(node) >= level && reached.get(node) == false && present.test(node)) {
        linkTo(level, node);
        reach(level, node);
        repaired++;
      }
    }
    return repaired;
  }

  private void walkFromEntry(int level) throws IOException {
    for (int node = 0; node < graph.size(); node++) {
      checkNowAndThen(node);
      reached.clearAround(node);
    }
    queueHead = 0;
    queueTail = 0;
    reached.getAndSet(graph.entryNode());
    parents.set(graph.entryNode(), graph.entryNode());
    reach(level, graph.entryNode());
  }

  /** Goes on from a node that is reached. */
  private void reach(int level, int from) throws IOException {
    queue.set(queueTail++, from);
    while (queueHead < queueTail) {
      checkNowAndThen(queueHead);
      int node = queue.get(queueHead++);
      int degree = graph.read(level, node, neighbors);
      for (int i = 0; i < degree; i++) {
        if (reached.getAndSet(neighbors[i]) == false) {
          parents.set(neighbors[i], node);
          queue.set(queueTail++, neighbors[i]);
        }
      }
    }
  }

  private void checkNowAndThen(int node) throws IOException {
    if (node % GraphConstruction.CHECK_INTERVAL == 0) {
      workers.check();
    }
  }

  /** Links a node that is reached to one that is not. */
  private void linkTo(int level, int node) throws IOException {
    workers.check();
    search.begin(node, level);
    search.search(level, beamWidth);
    int[] found = new int[search.found()];
    int count = 0;
    for (int i = 0; i < found.length; i++) {
      if (reached.get(search.node(i))) {
        found[count++] = search.node(i);
      }
    }
    if (linkFrom(level, found, count, node) == false) {
      linkFromAny(level, node);
    }
    reached.getAndSet(node);
  }

  /** Links the most similar of some nodes that has room; false if none has. */
  private boolean linkFrom(int level, int[] nodes, int count, int to) throws IOException {
    float[] scores = new float[count];
    long[] candidates = new long[count];
    pairs.setTarget(to);
    pairs.fetch(nodes, count);
    pairs.score(nodes, count, scores);
    for (int i = 0; i < count; i++) {
      candidates[i] = CandidateQueue.entry(nodes[i], scores[i]);
    }
    Arrays.sort(candidates);
    for (int i = count - 1; i >= 0; i--) {
      if (link(
          level, CandidateQueue.node(candidates[i]), to, CandidateQueue.score(candidates[i]))) {
        return true;
      }
    }
    return false;
  }

  private void linkFromAny(int level, int to) throws IOException {
    for (int i = 0; i < queueTail; i++) {
      if (link(level, queue.get(i), to, Float.NaN)) {
        return;
      }
    }
    throw new IllegalStateException("no node of level " + level + " has a link to spare");
  }

  private boolean link(int level, int from, int to, float score) {
    int degree = graph.read(level, from, neighbors);
    if (degree < graph.maxDegree(level)) {
      parents.set(to, from);
      graph.add(level, from, to, score);
      linkBack(level, to, from, score);
      return true;
    }
    graph.readScores(level, from, neighborScores, degree);
    int worst = -1;
    for (int i = 0; i < degree; i++) {
      if (parents.get(neighbors[i]) != from
          && (worst < 0 || neighborScores[i] < neighborScores[worst])) {
        worst = i;
      }
    }
    if (worst < 0) {
      return false;
    }
    graph.putLink(level, from, worst, to, score);
    parents.set(to, from);
    linkBack(level, to, from, score);
    return true;
  }

  /** For a search that gets to the node by itself: from a level above, say. */
  private void linkBack(int level, int from, int to, float score) {
    int degree = graph.read(level, from, neighbors);
    for (int i = 0; i < degree; i++) {
      if (neighbors[i] == to) {
        return;
      }
    }
    if (degree < graph.maxDegree(level)) {
      graph.add(level, from, to, score);
    }
  }

  private void check(int level, IntPredicate present) throws IOException {
    walkFromEntry(level);
    for (int node = 0; node < graph.size(); node++) {
      checkNowAndThen(node);
      if (graph.level(node) >= level && reached.get(node) == false && present.test(node)) {
        throw new IllegalStateException("node " + node + " cannot be reached on level " + level);
      }
    }
  }
}

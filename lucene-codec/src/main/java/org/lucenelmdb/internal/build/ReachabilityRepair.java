/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Makes every node reachable from the entry node, on each of its levels. After the selection of
 * diverse neighbors, no links may lead to a node. With inner products, this may affect half of the
 * nodes: a few long vectors are the nearest to all others, and no node selects a short one.
 *
 * <p>An unreachable node gets a link from a similar node that is reachable and not full. Links of
 * full nodes are kept, because searches depend on them, especially those of long vectors. If all
 * similar nodes are full, the unreachable nodes that are most similar to the same node are linked
 * with each other, as a tree. Then at most the first of them replaces a link of a full node: the
 * worst link, among those of all similar nodes, that is not part of the {@linkplain ReachedNodes
 * spanning tree}. Links of the tree are never replaced, so every other node stays reachable. For
 * one thread.
 */
final class ReachabilityRepair {

  /**
   * The maximum number of expansions, per node to collect, of a search for nodes near an
   * unreachable one. Usually a search expands about as many nodes as it collects, but nodes that
   * were repaired before may form a long chain, which the search would follow to its end. At the
   * limit, the nearest nodes found so far are used.
   */
  private static final int EXPANSIONS_PER_CANDIDATE = 4;

  private static final int MIN_EXPANSIONS = 64;

  private final GraphMemory graph;
  private final NeighborSearch search;
  private final VectorPairs pairs;
  private final int beamWidth;
  private final Workers workers;
  private final ReachedNodes reached;

  /**
   * For each full node, the last unreachable node that was linked from another node in its place,
   * plus one; 0 for none.
   */
  private final OffHeapInts lastLinked;

  /** The index before which all reached nodes are full. */
  private int firstWithCapacity;

  /** The index before which all reached nodes have only links of the spanning tree. */
  private int firstWithSpareLink;

  private int[] found;
  private float[] scores = new float[0];
  private long[] candidates = new long[0];
  private final int[] neighbors;
  private final float[] neighborScores;
  private Workers.Progress progress;
  private long reads;

  ReachabilityRepair(
      GraphMemory graph,
      NeighborSearch search,
      VectorPairs pairs,
      int beamWidth,
      BuildMemory memory,
      Workers workers)
      throws IOException {
    this.graph = graph;
    this.search = search.withMaxExpansions(MIN_EXPANSIONS + EXPANSIONS_PER_CANDIDATE * beamWidth);
    this.pairs = pairs;
    this.beamWidth = beamWidth;
    this.workers = workers;
    this.reached = new ReachedNodes(graph, memory, workers);
    this.lastLinked = memory.ints(graph.size());
    this.found = new int[graph.maxCapacity()];
    this.neighbors = new int[graph.maxCapacity()];
    this.neighborScores = new float[graph.maxCapacity()];
  }

  /** Returns the bytes that the constructor allocates. */
  static long memoryBytes(int size) {
    return ReachedNodes.memoryBytes(size) + BuildMemory.costOfInts(size);
  }

  /**
   * Links unreachable nodes, and checks the result.
   *
   * @param present accepts the nodes that are in the graph
   * @return the number of nodes that were linked, on all levels together
   * @throws IllegalStateException if a node is still unreachable
   */
  int repair(IntPredicate present) throws IOException {
    progress = workers.begin("connecting", graph.size());
    int repaired = 0;
    for (int level = graph.topLevel();
        level >= 0;
        level--) { // searches descend through the upper levels
      int repairedOnLevel = repair(level, present);
      if (repairedOnLevel > 0) {
        check(level, present);
      }
      repaired += repairedOnLevel;
    }
    progress.end();
    return repaired;
  }

  /** Returns the number of neighbor lists read so far, a measure of the work besides searches. */
  long reads() {
    return reads + reached.reads();
  }

  private int read(int level, int node, int[] into) {
    reads++;
    return graph.read(level, node, into);
  }

  private int repair(int level, IntPredicate present) throws IOException {
    reached.traverse(level);
    for (int node = 0; node < graph.size(); node++) {
      workers.checkPeriodically(node);
      lastLinked.set(node, 0);
    }
    firstWithCapacity = 0;
    firstWithSpareLink = 0;
    int repaired = 0;
    for (int node = 0; node < graph.size(); node++) {
      workers.checkPeriodically(node);
      if (isUnreachable(level, node, present)) {
        progress.report(level == 0 ? node : 0); // upper levels have few nodes
        linkTo(level, node);
        reached.add(level, node);
        repaired++;
      }
    }
    return repaired;
  }

  private boolean isUnreachable(int level, int node, IntPredicate present) {
    return graph.level(node) >= level && reached.contains(node) == false && present.test(node);
  }

  private void check(int level, IntPredicate present) throws IOException {
    reached.traverse(level);
    for (int node = 0; node < graph.size(); node++) {
      workers.checkPeriodically(node);
      if (isUnreachable(level, node, present)) {
        throw new IllegalStateException("node " + node + " cannot be reached on level " + level);
      }
    }
  }

  /** Links a reachable node to an unreachable one. */
  private void linkTo(int level, int node) throws IOException {
    workers.check();
    if (linkFromNeighbor(level, node) == false && linkFromFound(level, node) == false) {
      linkFromAny(level, node);
    }
  }

  /**
   * Adds a link from the most similar of the node's own neighbors that is not full, or else from
   * the last node that was linked in place of the most similar neighbor.
   *
   * @return whether the node was linked
   */
  private boolean linkFromNeighbor(int level, int to) throws IOException {
    int count = 0;
    int degree = read(level, to, found);
    for (int i = 0; i < degree; i++) {
      if (reached.contains(found[i])) {
        found[count++] = found[i];
      }
    }
    if (count == 0) {
      return false;
    }
    sortCandidates(to, count);
    int nearest = Beam.node(candidates[count - 1]);
    if (linkFromCandidate(level, to, count)) {
      return true;
    }
    int last = lastLinked.get(nearest) - 1;
    if (last >= 0 && isFull(level, last)) {
      int lastDegree = read(level, last, neighbors);
      last = neighbors[lastDegree - 1];
    }
    if (last < 0 || isFull(level, last)) {
      last = to;
    } else {
      add(level, last, to, Float.NaN);
    }
    lastLinked.set(nearest, last + 1);
    return last != to;
  }

  /** Adds a link from the most similar candidate that is not full. */
  private boolean linkFromCandidate(int level, int to, int count) {
    for (int i = count - 1; i >= 0; i--) {
      int from = Beam.node(candidates[i]);
      if (isFull(level, from) == false) {
        add(level, from, to, Beam.score(candidates[i]));
        return true;
      }
    }
    return false;
  }

  /** Searches for similar nodes, and adds a link from one of them. */
  private boolean linkFromFound(int level, int to) throws IOException {
    search.begin(to, level);
    search.search(level, beamWidth);
    found = ArrayUtil.growNoCopy(found, search.found());
    int count = 0;
    for (int i = 0; i < search.found(); i++) {
      if (reached.contains(search.node(i))) {
        found[count++] = search.node(i);
      }
    }
    sortCandidates(to, count);
    return linkFromCandidate(level, to, count) || replaceWorst(level, to, count);
  }

  /** Turns the found nodes into candidates, the most similar last. */
  private void sortCandidates(int to, int count) throws IOException {
    scores = ArrayUtil.grow(scores, count);
    candidates = ArrayUtil.growNoCopy(candidates, count);
    pairs.setTarget(to);
    pairs.prefetch(found, count);
    pairs.score(found, count, scores);
    for (int i = 0; i < count; i++) {
      candidates[i] = Beam.entry(found[i], scores[i]);
    }
    Arrays.sort(candidates, 0, count);
  }

  /** Replaces the worst link of all candidates that is not part of the spanning tree. */
  private boolean replaceWorst(int level, int to, int count) {
    int from = -1;
    int worst = -1;
    float worstScore = Float.POSITIVE_INFINITY;
    for (int i = count - 1; i >= 0; i--) {
      int node = Beam.node(candidates[i]);
      int index = worstSpareLink(level, node);
      if (index >= 0 && (worst < 0 || neighborScores[index] < worstScore)) {
        from = i;
        worst = index;
        worstScore = neighborScores[index];
      }
    }
    if (worst >= 0) {
      replace(level, Beam.node(candidates[from]), worst, to, Beam.score(candidates[from]));
    }
    return worst >= 0;
  }

  /**
   * Returns the index of a node's worst link that is not part of the spanning tree; -1 if there is
   * none.
   */
  private int worstSpareLink(int level, int node) {
    int degree = read(level, node, neighbors);
    graph.readScores(level, node, neighborScores, degree);
    int worst = -1;
    for (int i = 0; i < degree; i++) {
      if (reached.parent(neighbors[i]) != node
          && (worst < 0 || neighborScores[i] < neighborScores[worst])) {
        worst = i;
      }
    }
    return worst;
  }

  /**
   * Adds a link from any node that is not full, or that has a link outside the spanning tree. A
   * node for which neither is true will never become such a node again, so each node is tried once
   * per level.
   */
  private void linkFromAny(int level, int to) throws IOException {
    for (; firstWithCapacity < reached.size(); firstWithCapacity++) {
      workers.checkPeriodically(firstWithCapacity);
      int from = reached.get(firstWithCapacity);
      if (isFull(level, from) == false) {
        add(level, from, to, Float.NaN);
        return;
      }
    }
    for (; firstWithSpareLink < reached.size(); firstWithSpareLink++) {
      workers.checkPeriodically(firstWithSpareLink);
      int from = reached.get(firstWithSpareLink);
      int worst = worstSpareLink(level, from);
      if (worst >= 0) {
        replace(level, from, worst, to, Float.NaN);
        return;
      }
    }
    throw new IllegalStateException("no node of level " + level + " has a link to spare");
  }

  private boolean isFull(int level, int node) {
    reads++;
    return graph.degree(level, node) >= graph.maxDegree(level);
  }

  private void add(int level, int from, int to, float score) {
    reached.setParent(to, from);
    graph.add(level, from, to, score);
    linkBack(level, to, from, score);
  }

  private void replace(int level, int from, int index, int to, float score) {
    reached.setParent(to, from);
    graph.replace(level, from, index, to, score);
    linkBack(level, to, from, score);
  }

  /**
   * Adds the reverse link, unless the node is full. Searches that reach the node in another way,
   * for example from an upper level, can then leave it.
   */
  private void linkBack(int level, int from, int to, float score) {
    int degree = read(level, from, neighbors);
    for (int i = 0; i < degree; i++) {
      if (neighbors[i] == to) {
        return;
      }
    }
    if (degree < graph.maxDegree(level)) {
      graph.add(level, from, to, score);
    }
  }
}

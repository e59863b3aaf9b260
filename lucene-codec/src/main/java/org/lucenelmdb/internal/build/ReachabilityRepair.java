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
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Makes every node reachable: on each level, all of its nodes from the entry node. Choosing diverse
 * neighbors may leave a node without links that lead to it. By inner product, half of the nodes may
 * be: the nearest to all others are a few long vectors, and no node chooses a short one.
 *
 * <p>A node that is not reached gets a link from a node that is, is similar, and has room for it: a
 * link that another node has is one that searches live on, above all at long vectors. Where all
 * similar nodes are full, nodes that are not reached are linked with each other: those that are
 * most similar to the same node hang on one another, as a tree. So a link is replaced for the first
 * of them at most, and it is the worst one of all similar nodes that is not needed: the links by
 * which nodes were reached first are a tree, and are never replaced, so there is always another
 * one. For one thread.
 */
final class ReachabilityRepair {

  /**
   * Bounds a search for a node that is to be linked. It usually expands about as many nodes as it
   * keeps, but the nodes that were linked before may form a long chain, and it would follow that to
   * its end. At the bound, the nearest nodes found so far are taken.
   */
  private static final int STEPS_PER_CANDIDATE = 4;

  private static final int MIN_STEPS = 64;

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

  /** By node, one more than the last node that was linked for its sake; 0 for none. */
  private final OffHeapInts lastLinked;

  private int queueHead;
  private int queueTail;

  /** In the queue, those before have no room for another link. */
  private int withRoom;

  /** In the queue, those before have no link that is not needed. */
  private int withSpare;

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
    this.search = search.withMostSteps(MIN_STEPS + STEPS_PER_CANDIDATE * beamWidth);
    this.pairs = pairs;
    this.beamWidth = beamWidth;
    this.workers = workers;
    this.reached = memory.bits(graph.size());
    this.parents = memory.ints(graph.size());
    this.queue = memory.ints(graph.size());
    this.lastLinked = memory.ints(graph.size());
    this.found = new int[graph.maxRoom()];
    this.neighbors = new int[graph.maxRoom()];
    this.neighborScores = new float[graph.maxRoom()];
  }

  /** What the constructor allocates. */
  static long memoryBytes(int size) {
    return BuildMemory.costOfBits(size) + 3 * BuildMemory.costOfInts(size);
  }

  /**
   * Links nodes that cannot be reached, and checks that all can be then.
   *
   * @param present which nodes are in the graph
   * @return how many could not be reached, on all levels together
   */
  int connect(IntPredicate present) throws IOException {
    progress = workers.begin("connecting", graph.size());
    int connected = 0;
    for (int level = graph.topLevel(); level >= 0; level--) { // a search goes down by those above
      int repaired = connect(level, present);
      if (repaired > 0) {
        check(level, present);
      }
      connected += repaired;
    }
    progress.end();
    return connected;
  }

  /** How often links were read so far, searches aside: what it does is a multiple of that. */
  long reads() {
    return reads;
  }

  private int read(int level, int node, int[] into) {
    reads++;
    return graph.read(level, node, into);
  }

  private int connect(int level, IntPredicate present) throws IOException {
    walkFromEntry(level);
    int repaired = 0;
    for (int node = 0; node < graph.size(); node++) {
      checkNowAndThen(node);
      if (graph.level(node) >= level && reached.get(node) == false && present.test(node)) {
        progress.report(level == 0 ? node : 0); // those above are few
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
      lastLinked.set(node, 0);
    }
    queueHead = 0;
    queueTail = 0;
    withRoom = 0;
    withSpare = 0;
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
      int degree = read(level, node, neighbors);
      for (int i = 0; i < degree; i++) {
        if (reached.getAndSet(neighbors[i]) == false) {
          parents.set(neighbors[i], node);
          queue.set(queueTail++, neighbors[i]);
        }
      }
    }
  }

  private void checkNowAndThen(int node) throws IOException {
    if (node % GraphBuilder.CHECK_INTERVAL == 0) {
      workers.check();
    }
  }

  /** Links a node that is reached to one that is not. */
  private void linkTo(int level, int node) throws IOException {
    workers.check();
    if (linkFromNeighbor(level, node) == false && linkFromFound(level, node) == false) {
      linkFromAny(level, node);
    }
    reached.getAndSet(node);
  }

  /**
   * Links one of the node's own neighbors that has room, the most similar first; or a node that the
   * most similar one was found to lead to in the same way before.
   */
  private boolean linkFromNeighbor(int level, int to) throws IOException {
    int count = 0;
    int degree = read(level, to, found);
    for (int i = 0; i < degree; i++) {
      if (reached.get(found[i])) {
        found[count++] = found[i];
      }
    }
    if (count == 0) {
      return false;
    }
    sort(to, count);
    int nearest = Beam.node(candidates[count - 1]);
    if (linkFromRoom(level, to, count)) {
      return true;
    }
    int last = lastLinked.get(nearest) - 1;
    if (last >= 0 && hasRoom(level, last) == false) {
      int lastDegree = read(level, last, neighbors);
      last = neighbors[lastDegree - 1];
    }
    if (last < 0 || hasRoom(level, last) == false) {
      last = to;
    } else {
      add(level, last, to, Float.NaN);
    }
    lastLinked.set(nearest, last + 1);
    return last != to;
  }

  private boolean linkFromRoom(int level, int to, int count) {
    for (int i = count - 1; i >= 0; i--) {
      int from = Beam.node(candidates[i]);
      if (hasRoom(level, from)) {
        add(level, from, to, Beam.score(candidates[i]));
        return true;
      }
    }
    return false;
  }

  private boolean linkFromFound(int level, int to) throws IOException {
    search.begin(to, level);
    search.search(level, beamWidth);
    found = ArrayUtil.growNoCopy(found, search.found());
    int count = 0;
    for (int i = 0; i < search.found(); i++) {
      if (reached.get(search.node(i))) {
        found[count++] = search.node(i);
      }
    }
    sort(to, count);
    return linkFromRoom(level, to, count) || replaceWorst(level, to, count);
  }

  /** Makes candidates of the nodes that were found, the most similar last. */
  private void sort(int to, int count) throws IOException {
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

  /** Replaces the worst of all links of the candidates that are not needed. */
  private boolean replaceWorst(int level, int to, int count) {
    int from = -1;
    int worst = -1;
    float worstScore = Float.POSITIVE_INFINITY;
    for (int i = count - 1; i >= 0; i--) {
      int node = Beam.node(candidates[i]);
      int index = worstLink(level, node);
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

  /** A node's link to the least similar node that is reached from another one; -1 if none is. */
  private int worstLink(int level, int node) {
    int degree = read(level, node, neighbors);
    graph.readScores(level, node, neighborScores, degree);
    int worst = -1;
    for (int i = 0; i < degree; i++) {
      if (parents.get(neighbors[i]) != node
          && (worst < 0 || neighborScores[i] < neighborScores[worst])) {
        worst = i;
      }
    }
    return worst;
  }

  /**
   * Links any node that has room, or one that has a link that is not needed. A node that has
   * neither never will have, so each is looked at once on a level.
   */
  private void linkFromAny(int level, int to) throws IOException {
    for (; withRoom < queueTail; withRoom++) {
      checkNowAndThen(withRoom);
      if (hasRoom(level, queue.get(withRoom))) {
        add(level, queue.get(withRoom), to, Float.NaN);
        return;
      }
    }
    for (; withSpare < queueTail; withSpare++) {
      checkNowAndThen(withSpare);
      int from = queue.get(withSpare);
      int worst = worstLink(level, from);
      if (worst >= 0) {
        replace(level, from, worst, to, Float.NaN);
        return;
      }
    }
    throw new IllegalStateException("no node of level " + level + " has a link to spare");
  }

  private boolean hasRoom(int level, int node) {
    reads++;
    return graph.degree(level, node) < graph.maxDegree(level);
  }

  private void add(int level, int from, int to, float score) {
    parents.set(to, from);
    graph.add(level, from, to, score);
    linkBack(level, to, from, score);
  }

  private void replace(int level, int from, int index, int to, float score) {
    parents.set(to, from);
    graph.replace(level, from, index, to, score);
    linkBack(level, to, from, score);
  }

  /** For a search that gets to the node by itself: from a level above, say. */
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

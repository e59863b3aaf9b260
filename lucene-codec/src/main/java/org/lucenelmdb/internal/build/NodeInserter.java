/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Inserts nodes into a graph under construction (Malkov and Yashunin, 2018, algorithm 1). For one
 * thread; any number of them may insert at the same time.
 *
 * <p>A node's neighbors are found for all of its levels first. Then it is linked from the lowest
 * level up, and on each level its own links are written before anybody links to it: so whoever gets
 * to a node on some level finds its links there and on all levels below.
 */
final class NodeInserter {

  /**
   * The part of the beam width of a search that begins near its node. At half of it, graphs of ten
   * merged segments of vectors of high intrinsic dimension missed a sixth more at the same visits.
   */
  private static final float NEAR_PART = 0.6f;

  private final GraphMemory graph;
  private final NeighborSearch search;
  private final VectorPairs pairs;
  private final NeighborSelector selector;
  private final LinkWriter writer;
  private final int beamWidth;
  private final Workers workers;

  private int[] found = new int[0];
  private float[] scores = new float[0];
  private long[] candidates = new long[0];

  // what was chosen, by level
  private int[][] neighbors = new int[0][];
  private float[][] neighborScores = new float[0][];

  NodeInserter(
      GraphMemory graph,
      NeighborSearch search,
      VectorPairs pairs,
      NeighborSelector selector,
      LinkWriter writer,
      int beamWidth,
      Workers workers) {
    this.graph = graph;
    this.search = search;
    this.pairs = pairs;
    this.selector = selector;
    this.writer = writer;
    this.beamWidth = beamWidth;
    this.workers = workers;
  }

  /** Inserts a node, which is not the entry node, nor yet in the graph. */
  void insert(int node) throws IOException {
    int level = Math.min(graph.level(node), graph.topLevel());
    if (neighbors.length <= level) {
      neighbors = Arrays.copyOf(neighbors, level + 1);
      neighborScores = Arrays.copyOf(neighborScores, level + 1);
    }
    search.begin(node, level);
    for (int l = level; l >= 0; l--) {
      search(node, l, beamWidth);
    }
    for (int l = 0; l <= level; l++) {
      link(node, l);
    }
  }

  /**
   * Inserts a node of level 0 by a search that begins near it.
   *
   * @param at nodes of the graph, at least one
   */
  void insertAt(int node, int[] at, int count) throws IOException {
    if (neighbors.length == 0) {
      neighbors = new int[1][];
      neighborScores = new float[1][];
    }
    search.beginAt(node, at, count);
    int least = Math.min(beamWidth, graph.maxDegree(0)); // so many may be linked
    search(node, 0, Math.max(least, (int) (NEAR_PART * beamWidth)));
    link(node, 0);
  }

  private void search(int node, int level, int width) throws IOException {
    search.search(level, width);
    workers.check();
    int count = score(node);
    int chosen = selector.select(candidates, count, graph.density().chosen(graph.maxDegree(level)));
    neighbors[level] = Arrays.copyOf(selector.nodes(), chosen);
    neighborScores[level] = Arrays.copyOf(selector.scores(), chosen);
  }

  /** Scores what was found exactly. */
  private int score(int node) throws IOException {
    int count = 0;
    found = ArrayUtil.growNoCopy(found, search.found());
    for (int i = 0; i < search.found(); i++) {
      if (search.node(i) != node) {
        found[count++] = search.node(i);
      }
    }
    scores = ArrayUtil.grow(scores, count);
    candidates = ArrayUtil.growNoCopy(candidates, count);
    pairs.setTarget(node);
    pairs.prefetch(found, count);
    pairs.score(found, count, scores);
    for (int i = 0; i < count; i++) {
      candidates[i] = Beam.entry(found[i], scores[i]);
    }
    return count;
  }

  private void link(int node, int level) throws IOException {
    int count = neighbors[level].length;
    for (int i = 0; i < count; i++) {
      writer.add(level, node, neighbors[level][i], neighborScores[level][i]);
    }
    for (int i = 0; i < count; i++) {
      writer.add(level, neighbors[level][i], node, neighborScores[level][i]);
    }
  }
}

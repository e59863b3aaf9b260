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
 * Inserts nodes into a graph under construction (<a href="https://arxiv.org/abs/1603.09320">Malkov
 * and Yashunin</a>, algorithm 1). For one thread; other threads may insert at the same time.
 *
 * <p>Neighbors are selected for all levels of a node first. Then the node is linked from level 0
 * up; on each level, its own neighbors are written before other nodes link to it. A traversal that
 * reaches a node on a level therefore finds its neighbors on this level and on all levels below.
 */
final class NodeInserter {

  /**
   * The share of the beam width with which a search starts near its node. With half of the beam
   * width, graphs merged from ten segments of vectors of high intrinsic dimension missed a sixth
   * more neighbors for the same number of visits.
   */
  private static final float NEAR_SHARE = 0.6f;

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

  // the selected neighbors, by level
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

  /** Inserts a node that is not in the graph yet and is not the entry node. */
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
   * Inserts a node of level 0 by a search that starts near it.
   *
   * @param seeds the nodes to start from, at least one
   */
  void insertAt(int node, int[] seeds, int count) throws IOException {
    if (neighbors.length == 0) {
      neighbors = new int[1][];
      neighborScores = new float[1][];
    }
    search.beginAt(node, seeds, count);
    int minWidth = Math.min(beamWidth, graph.maxDegree(0)); // the number of possible neighbors
    search(node, 0, Math.max(minWidth, (int) (NEAR_SHARE * beamWidth)));
    link(node, 0);
  }

  private void search(int node, int level, int width) throws IOException {
    search.search(level, width);
    workers.check();
    int count = score(node);
    int selected =
        selector.select(candidates, count, graph.density().selected(graph.maxDegree(level)));
    neighbors[level] = Arrays.copyOf(selector.nodes(), selected);
    neighborScores[level] = Arrays.copyOf(selector.scores(), selected);
  }

  /** Turns the found nodes into candidates with exact scores. */
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

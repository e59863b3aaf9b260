/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.vectors.VectorPairs;

/**
 * Changes the links of a graph under construction, by many threads at once: a node's links are
 * read, chosen among and written under its lock, so that none that another thread adds is lost. For
 * one thread.
 */
final class LinkWriter {

  private final GraphMemory graph;
  private final VectorPairs pairs;
  private final NeighborSelector selector;
  private final int[] neighbors;
  private final float[] scores;
  private final long[] candidates;
  private final int[] unknown;
  private final float[] unknownScores;

  LinkWriter(GraphMemory graph, VectorPairs pairs, NeighborSelector selector) {
    this.graph = graph;
    this.pairs = pairs;
    this.selector = selector;
    int most = graph.maxRoom() + 1;
    this.neighbors = new int[most];
    this.scores = new float[most];
    this.candidates = new long[most];
    this.unknown = new int[most];
    this.unknownScores = new float[most];
  }

  /**
   * Adds a link. If the node is full, it keeps the most diverse of all that it then has, which may
   * or may not include the new one.
   */
  void add(int level, int node, int neighbor, float score) throws IOException {
    synchronized (graph.lock(node)) {
      int count = graph.read(level, node, neighbors);
      for (int i = 0; i < count; i++) {
        if (neighbors[i] == neighbor) {
          return;
        }
      }
      if (graph.add(level, node, neighbor, score) == false) {
        graph.readScores(level, node, scores, count);
        neighbors[count] = neighbor;
        scores[count] = score;
        choose(level, node, count + 1);
      }
    }
  }

  /** Makes a node keep as many links as it may have in the end. */
  void prune(int level, int node) throws IOException {
    synchronized (graph.lock(node)) {
      if (graph.degree(level, node) > graph.maxDegree(level)) {
        int count = graph.read(level, node, neighbors);
        graph.readScores(level, node, scores, count);
        choose(level, node, count);
      }
    }
  }

  private void choose(int level, int node, int count) throws IOException {
    scoreUnknown(node, count);
    for (int i = 0; i < count; i++) {
      candidates[i] = Beam.entry(neighbors[i], scores[i]);
    }
    pairs.prefetch(neighbors, count);
    int chosen = selector.select(candidates, count, graph.kept(level));
    graph.set(level, node, selector.nodes(), selector.scores(), chosen);
  }

  /** Links of a graph that was merged are without scores, until somebody needs them. */
  private void scoreUnknown(int node, int count) throws IOException {
    int unknownCount = 0;
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(scores[i])) {
        unknown[unknownCount++] = neighbors[i];
      }
    }
    if (unknownCount == 0) {
      return;
    }
    pairs.setTarget(node);
    pairs.prefetch(unknown, unknownCount);
    pairs.score(unknown, unknownCount, unknownScores);
    int next = 0;
    for (int i = 0; i < count; i++) {
      if (Float.isNaN(scores[i])) {
        scores[i] = unknownScores[next++];
      }
    }
  }
}

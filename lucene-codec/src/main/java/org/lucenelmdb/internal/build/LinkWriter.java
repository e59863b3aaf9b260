/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.vectors.VectorPairs;

/**
 * Adds and prunes links of a graph under construction, which any number of threads may change at
 * the same time. A node's neighbors are read, selected and written under its lock, so that no link
 * of another thread is lost. For one thread.
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
    int length = graph.maxCapacity() + 1;
    this.neighbors = new int[length];
    this.scores = new float[length];
    this.candidates = new long[length];
    this.unknown = new int[length];
    this.unknownScores = new float[length];
  }

  /**
   * Adds a link. A node at its capacity selects among all its neighbors and the new one, which may
   * be rejected.
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
        select(level, node, count + 1);
      }
    }
  }

  /** Reduces the neighbors of a node to its final degree. */
  void prune(int level, int node) throws IOException {
    synchronized (graph.lock(node)) {
      if (graph.degree(level, node) > graph.maxDegree(level)) {
        int count = graph.read(level, node, neighbors);
        graph.readScores(level, node, scores, count);
        select(level, node, count);
      }
    }
  }

  private void select(int level, int node, int count) throws IOException {
    scoreUnknown(node, count);
    for (int i = 0; i < count; i++) {
      candidates[i] = Beam.entry(neighbors[i], scores[i]);
    }
    pairs.prefetch(neighbors, count);
    int selected = selector.select(candidates, count, graph.kept(level));
    graph.set(level, node, selector.nodes(), selector.scores(), selected);
  }

  /** Computes missing scores. Copied links have no scores until a selection needs them. */
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

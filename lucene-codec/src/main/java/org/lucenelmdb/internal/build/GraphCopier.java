/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.graph.Beam;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.vectors.VectorPairs;

/**
 * Copies the links of a segment's graph into a merged graph, and repairs them where nodes were
 * deleted. A node that lost a neighbor re-selects as many neighbors as it had from its own
 * neighbors and those of the deleted node (<a href="https://arxiv.org/abs/2105.09613">Singh et al.,
 * FreshDiskANN</a>, algorithm 4). A node is marked as underconnected if it kept too few neighbors,
 * or if its neighbors were duplicates, as in graphs of other formats. For one thread; other threads
 * may copy other nodes at the same time.
 */
final class GraphCopier {

  private static final float UNKNOWN_SCORE = Float.NaN;

  /**
   * The maximum number of duplicates among the neighbors of a well-connected node. An original
   * links to one duplicate; in graphs of other formats, to many.
   */
  private static final int MAX_DUPLICATES = 1;

  private final HnswGraph source;
  private final OffHeapInts newOrdinals;
  private final GraphMemory graph;
  private final VectorPairs pairs;
  private final NeighborSelector selector;
  private final OffHeapBytes underconnected;
  private int[] neighbors = new int[64];
  private int[] lost = new int[64];
  private float[] scores = new float[64];
  private long[] candidates = new long[64];

  /**
   * @param source the source's graph, opened for this thread
   * @param newOrdinals the new ordinal of each source node plus one, 0 for deleted nodes; negated
   *     for nodes whose links are copied, as several nodes may have the same new ordinal
   * @param underconnected receives 1 for the new ordinals of underconnected nodes
   */
  GraphCopier(
      HnswGraph source,
      OffHeapInts newOrdinals,
      GraphMemory graph,
      VectorPairs pairs,
      NeighborSelector selector,
      OffHeapBytes underconnected) {
    this.source = source;
    this.newOrdinals = newOrdinals;
    this.graph = graph;
    this.pairs = pairs;
    this.selector = selector;
    this.underconnected = underconnected;
  }

  /** Copies the links of a source node on all levels. */
  void copy(int sourceNode) throws IOException {
    if (newOrdinals.get(sourceNode) < 0) {
      int node = newOrdinal(sourceNode);
      for (int level = graph.level(node); level >= 0; level--) {
        copy(level, sourceNode, node);
      }
    }
  }

  /** Returns the new ordinal of a source node; -1 if it is deleted. */
  private int newOrdinal(int sourceNode) {
    return Math.abs(newOrdinals.get(sourceNode)) - 1;
  }

  private void copy(int level, int sourceNode, int node) throws IOException {
    source.seek(level, sourceNode);
    int degree = 0;
    int count = 0;
    int lostCount = 0;
    for (int n = next(level); n != NO_MORE_DOCS; n = next(level)) {
      degree++;
      int neighbor = newOrdinal(n);
      if (neighbor < 0) {
        lost = ArrayUtil.grow(lost, lostCount + 1);
        lost[lostCount++] = n;
      } else {
        count = add(count, neighbor);
      }
    }
    int live = count;
    count = distinct(count, node);
    int duplicates = live - count;
    for (int i = 0; i < lostCount; i++) {
      source.seek(level, lost[i]);
      for (int n = next(level); n != NO_MORE_DOCS; n = next(level)) {
        int neighbor = newOrdinal(n);
        if (neighbor >= 0) {
          count = add(count, neighbor);
        }
      }
    }
    count = distinct(count, node);
    boolean keptFew = lostCount > 0 && count < Math.min(degree, graph.maxConn() / 2);
    if (level == 0 && (keptFew || duplicates > MAX_DUPLICATES)) {
      underconnected.putByte(node, (byte) 1);
    }
    if (lostCount > 0 || count > graph.capacity(level)) {
      select(level, node, count, degree);
    } else {
      scores = ArrayUtil.grow(scores, count);
      Arrays.fill(scores, 0, count, UNKNOWN_SCORE);
      graph.set(level, node, neighbors, scores, count);
    }
  }

  /** Returns the next neighbor. Checks it, as the graph may come from a damaged file. */
  private int next(int level) throws IOException {
    int neighbor = source.nextNeighbor();
    if (neighbor != NO_MORE_DOCS) {
      if (neighbor < 0 || neighbor >= newOrdinals.size()) {
        throw new CorruptIndexException(
            "a neighbor should be below " + newOrdinals.size() + "; found " + neighbor,
            source.toString());
      }
      int node = newOrdinal(neighbor);
      if (node >= 0 && graph.level(node) < level) {
        throw new CorruptIndexException(
            "neighbor " + neighbor + " should be on level " + level + "; found it is not",
            source.toString());
      }
    }
    return neighbor;
  }

  private int add(int count, int neighbor) {
    neighbors = ArrayUtil.grow(neighbors, count + 1);
    neighbors[count] = neighbor;
    return count + 1;
  }

  /** Sorts the neighbors, and removes duplicates and the node itself. */
  private int distinct(int count, int node) {
    Arrays.sort(neighbors, 0, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (neighbors[i] != node && (distinct == 0 || neighbors[i] != neighbors[distinct - 1])) {
        neighbors[distinct++] = neighbors[i];
      }
    }
    return distinct;
  }

  private void select(int level, int node, int count, int min) throws IOException {
    scores = ArrayUtil.grow(scores, count);
    candidates = ArrayUtil.growNoCopy(candidates, count);
    pairs.setTarget(node);
    pairs.prefetch(neighbors, count);
    pairs.score(neighbors, count, scores);
    for (int i = 0; i < count; i++) {
      candidates[i] = Beam.entry(neighbors[i], scores[i]);
    }
    LinkLimits limits = LinkLimits.atLeast(graph.maxDegree(level), min);
    int selected = selector.select(candidates, count, limits);
    graph.set(level, node, selector.nodes(), selector.scores(), selected);
  }
}

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
 * Copies the links of a segment's graph into the one of a merge, and repairs them where nodes were
 * deleted: who loses a neighbor chooses anew among its own and the lost one's (Singh et al.,
 * FreshDiskANN, 2021, algorithm 4), but keeps as many as it had. Who cannot, as too few are left,
 * is marked to be inserted again; and so is a node whose neighbors were copies of others, as the
 * graphs of other formats have them. For one thread; others may copy other nodes at the same time.
 */
final class GraphCopier {

  private static final float UNKNOWN = Float.NaN;

  /** An original has a link to its first copy; in graphs that are made otherwise, it has many. */
  private static final int MAX_COPIES = 1;

  private final HnswGraph source;
  private final OffHeapInts newOrdinals;
  private final GraphMemory graph;
  private final VectorPairs pairs;
  private final NeighborSelector selector;
  private final OffHeapBytes marks;
  private int[] neighbors = new int[64];
  private int[] lost = new int[64];
  private float[] scores = new float[64];
  private long[] candidates = new long[64];

  /**
   * @param source for this thread
   * @param newOrdinals one more than the new ordinal of each of its nodes, 0 for deleted ones;
   *     negated for nodes whose links are copied: several may have the same new ordinal
   * @param marks receives 1 for new ordinals that are to be inserted again
   */
  GraphCopier(
      HnswGraph source,
      OffHeapInts newOrdinals,
      GraphMemory graph,
      VectorPairs pairs,
      NeighborSelector selector,
      OffHeapBytes marks) {
    this.source = source;
    this.newOrdinals = newOrdinals;
    this.graph = graph;
    this.pairs = pairs;
    this.selector = selector;
    this.marks = marks;
  }

  /** Copies the links of a node of the source, on all levels. */
  void copy(int sourceNode) throws IOException {
    if (newOrdinals.get(sourceNode) < 0) {
      int node = newOrdinal(sourceNode);
      for (int level = graph.level(node); level >= 0; level--) {
        copy(level, sourceNode, node);
      }
    }
  }

  /** The new ordinal of a node; -1 if it is deleted. */
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
    int copies = live - count;
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
    boolean lonely = lostCount > 0 && count < Math.min(degree, graph.maxConn() / 2);
    if (level == 0 && (lonely || copies > MAX_COPIES)) {
      marks.putByte(node, (byte) 1);
    }
    if (lostCount > 0 || count > graph.room(level)) {
      choose(level, node, count, degree);
    } else {
      scores = ArrayUtil.grow(scores, count);
      Arrays.fill(scores, 0, count, UNKNOWN);
      graph.set(level, node, neighbors, scores, count);
    }
  }

  /** The next neighbor; who made the graph is not trusted. */
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

  /** Leaves out the node itself, and what is there twice. */
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

  private void choose(int level, int node, int count, int min) throws IOException {
    scores = ArrayUtil.grow(scores, count);
    candidates = ArrayUtil.growNoCopy(candidates, count);
    pairs.setTarget(node);
    pairs.prefetch(neighbors, count);
    pairs.score(neighbors, count, scores);
    for (int i = 0; i < count; i++) {
      candidates[i] = Beam.entry(neighbors[i], scores[i]);
    }
    LinkLimits limits = LinkLimits.atLeast(graph.maxDegree(level), min);
    int chosen = selector.select(candidates, count, limits);
    graph.set(level, node, selector.nodes(), selector.scores(), chosen);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The join sets of the graphs of merged segments, an idea of Lucene's {@code
 * MergingHnswGraphBuilder}. Nodes of a join set are inserted by a full search from the entry node.
 * Every other node has neighbors in a join set. It is inserted later, by a search that starts from
 * these neighbors with a narrower beam. The nodes of all graphs are numbered consecutively, graph
 * by graph.
 */
final class JoinSets {

  /**
   * The minimum number of neighbors in the join set that a node must have unless it is a member
   * itself.
   */
  private static final int MIN_NEIGHBORS = 2;

  private static final int INITIAL_DEGREE = 64;

  /**
   * The join set of one graph.
   *
   * @param begin the number of its first node among the nodes of all graphs
   * @param newOrdinals the new ordinal of each node plus one; 0 for deleted nodes
   * @param members the nodes of the join set
   */
  private record JoinSet(
      SegmentGraph source, int begin, OffHeapInts newOrdinals, OffHeapBits members) {

    /** Returns the new ordinal of a node; -1 if it is deleted. */
    int newOrdinal(int node) {
      return newOrdinals.get(node) - 1;
    }

    /** Returns whether a neighbor exists. Graphs of other formats may have invalid links. */
    boolean isNode(int neighbor) {
      return neighbor >= 0 && neighbor < source.size();
    }

    void choose(Workers workers) throws IOException {
      HnswGraph graph = source.open();
      for (int node = 0; node < source.size(); node++) {
        workers.checkPeriodically(node);
        if (newOrdinal(node) >= 0 && countMembers(graph, node) < MIN_NEIGHBORS) {
          members.getAndSet(node);
        }
      }
    }

    private int countMembers(HnswGraph graph, int node) throws IOException {
      int count = 0;
      graph.seek(0, node);
      int neighbor = graph.nextNeighbor();
      while (neighbor != NO_MORE_DOCS && count < MIN_NEIGHBORS) {
        count += isNode(neighbor) && members.get(neighbor) ? 1 : 0;
        neighbor = graph.nextNeighbor();
      }
      return count;
    }
  }

  private final List<JoinSet> sets;
  private final int[] begins;
  private final int size;

  private JoinSets(List<JoinSet> sets, int size) {
    this.sets = sets;
    this.begins = sets.stream().mapToInt(JoinSet::begin).toArray();
    this.size = size;
  }

  /** Returns the bytes that {@link #of} allocates. */
  static long memoryBytes(List<SegmentGraph> sources) {
    long bytes = 0;
    for (SegmentGraph source : sources) {
      bytes += source.memoryBytes() + BuildMemory.costOfBits(source.size());
    }
    return bytes;
  }

  /**
   * Chooses the join sets.
   *
   * @param values all vectors of the merged graph
   */
  static JoinSets of(
      List<SegmentGraph> sources, KnnVectorValues values, BuildMemory memory, Workers workers)
      throws IOException {
    List<JoinSet> sets = new ArrayList<>();
    int size = 0;
    for (SegmentGraph source : sources) {
      OffHeapInts newOrdinals = source.newOrdinals(values, memory, workers);
      JoinSet set = new JoinSet(source, size, newOrdinals, memory.bits(source.size()));
      set.choose(workers);
      sets.add(set);
      size = Math.addExact(size, source.size());
    }
    return new JoinSets(sets, size);
  }

  /** Returns the number of nodes of all graphs. */
  int size() {
    return size;
  }

  /** Opens the graphs for one thread. */
  Cursor open() {
    return new Cursor();
  }

  /** Reads nodes and their neighbors. For one thread. */
  final class Cursor {
    private final HnswGraph[] graphs = new HnswGraph[sets.size()];
    private int[] neighbors = new int[INITIAL_DEGREE];
    private int degree;

    private int set(int node) {
      int found = Arrays.binarySearch(begins, node);
      return found >= 0 ? found : -2 - found;
    }

    /** Returns the new ordinal of a node; -1 if it is deleted or in a join set. */
    int seekUnlessMember(int node) {
      JoinSet set = sets.get(set(node));
      int sourceNode = node - set.begin;
      return set.members.get(sourceNode) ? -1 : set.newOrdinal(sourceNode);
    }

    /** Reads a node, and returns its new ordinal; -1 if it is deleted. */
    int seek(int node) throws IOException {
      int index = set(node);
      JoinSet set = sets.get(index);
      int sourceNode = node - set.begin;
      degree = 0;
      int ordinal = set.newOrdinal(sourceNode);
      if (ordinal < 0) {
        return ordinal;
      }
      if (graphs[index] == null) {
        graphs[index] = set.source.open();
      }
      HnswGraph graph = graphs[index];
      graph.seek(0, sourceNode);
      for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
        if (set.isNode(n) && set.newOrdinal(n) >= 0) {
          neighbors = ArrayUtil.grow(neighbors, degree + 1);
          neighbors[degree++] = set.newOrdinal(n);
        }
      }
      return ordinal;
    }

    /** Returns the number of neighbors that are not deleted. */
    int degree() {
      return degree;
    }

    /**
     * Returns the new ordinals of the neighbors that are not deleted, in an array that the caller
     * may modify.
     */
    int[] neighbors() {
      return neighbors;
    }
  }
}

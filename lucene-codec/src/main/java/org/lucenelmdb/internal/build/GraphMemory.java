/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBytes;

/**
 * A graph under construction: neighbor lists outside the heap, with a score for each link. Nodes
 * are ordinals.
 *
 * <p>During the build, lists have {@linkplain LevelLayout#of more capacity} than the final degree.
 * On level 0, neighbors and scores are stored separately, because a search only reads neighbors.
 *
 * <p>A thread that changes the neighbors of a node holds the node's {@linkplain #lock lock}.
 * Readers hold no lock. While a list changes, a reader may see a mixture of old and new neighbors,
 * but each of them is a node of that level that has neighbors itself.
 */
final class GraphMemory {

  private static final int CACHE_LINE_BYTES = 64;

  private static final int COPY_BYTES = 1 << 16;

  private static final int LOCKS = 1 << 12;

  private final int size;
  private final int maxConn;
  private final LevelLayout level0;
  private final LevelLayout above;
  private final NodeLevels levels;
  private final OffHeapBytes links0;
  private final OffHeapBytes scores0;

  /** The records of upper levels: neighbors, then scores. */
  private final OffHeapBytes upper;

  private final Object[] locks = new Object[LOCKS];
  private Density density;
  private LinkLimits kept0;
  private LinkLimits keptAbove;

  /**
   * Receives the neighbors on level 0 that nodes had before their first change; null if they are
   * not recorded.
   */
  private Holdout holdout;

  /**
   * Allocates a graph without links.
   *
   * @param maxUpperRecords the capacity for neighbor lists above level 0, on all levels together
   * @param memory has {@link #memoryBytes} left
   */
  GraphMemory(int size, int maxConn, Density density, int maxUpperRecords, BuildMemory memory)
      throws IOException {
    this.size = size;
    this.maxConn = maxConn;
    this.level0 = LevelLayout.of(2 * maxConn);
    this.above = LevelLayout.of(maxConn);
    setDensity(density);
    this.links0 = memory.allocate(size * level0.linksBytes());
    this.scores0 = memory.allocate(size * level0.scoresBytes());
    this.upper = memory.allocate(maxUpperRecords * recordBytes(above));
    this.levels = new NodeLevels(size, maxUpperRecords, memory);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new Object();
    }
  }

  /** Returns the bytes that the constructor allocates. */
  static long memoryBytes(int size, int maxConn, int maxUpperRecords) {
    LevelLayout level0 = LevelLayout.of(2 * maxConn);
    LevelLayout above = LevelLayout.of(maxConn);
    return BuildMemory.cost(size * level0.linksBytes())
        + BuildMemory.cost(size * level0.scoresBytes())
        + BuildMemory.cost(maxUpperRecords * recordBytes(above))
        + NodeLevels.memoryBytes(size);
  }

  private static long recordBytes(LevelLayout layout) {
    return layout.linksBytes() + layout.scoresBytes();
  }

  /** Changes the density for all selections from now on. For one thread. */
  void setDensity(Density changed) {
    density = changed;
    kept0 = changed.kept(level0.maxDegree());
    keptAbove = changed.kept(above.maxDegree());
  }

  /**
   * Copies the first nodes of another graph with the same M. This graph must be empty and have
   * enough capacity. For one thread.
   */
  void copy(GraphMemory from, int nodes) {
    copy(from.links0, links0, nodes * level0.linksBytes());
    copy(from.scores0, scores0, nodes * level0.scoresBytes());
    copy(from.upper, upper, from.usedUpperRecords() * recordBytes(above));
    levels.copy(from.levels, nodes);
  }

  private static void copy(OffHeapBytes from, OffHeapBytes to, long bytes) {
    byte[] buffer = new byte[(int) Math.min(COPY_BYTES, bytes)];
    for (long at = 0; at < bytes; at += buffer.length) {
      int count = (int) Math.min(buffer.length, bytes - at);
      from.read(at, buffer, 0, count);
      to.write(at, buffer, 0, count);
    }
  }

  int size() {
    return size;
  }

  int maxConn() {
    return maxConn;
  }

  /** Returns the number of neighbors that a node may have when the graph is complete. */
  int maxDegree(int level) {
    return level == 0 ? level0.maxDegree() : above.maxDegree();
  }

  /** Returns the number of neighbors that a node may have during the build. */
  int capacity(int level) {
    return level == 0 ? level0.capacity() : above.capacity();
  }

  /** Returns the largest {@link #capacity} of any level. */
  int maxCapacity() {
    return level0.capacity();
  }

  /** Returns the limits of the selection by a node whose neighbors exceed the capacity. */
  LinkLimits kept(int level) {
    return level == 0 ? kept0 : keptAbove;
  }

  Density density() {
    return density;
  }

  /** Sets the highest level of a node, once, before it has links. For one thread. */
  void setLevel(int node, int level) {
    levels.set(node, level);
  }

  /** Changes the entry node. For one thread. */
  void setEntryNode(int node, int level) {
    levels.setEntryNode(node, level);
  }

  /** Returns the highest level of a node. */
  int level(int node) {
    return levels.get(node);
  }

  /** Returns the node from which searches descend; -1 if there are no nodes. */
  int entryNode() {
    return levels.entryNode();
  }

  /** Returns the highest level; -1 if there are no nodes. */
  int topLevel() {
    return levels.topLevel();
  }

  /** Returns the number of neighbor lists above level 0, on all levels together. */
  int usedUpperRecords() {
    return levels.usedUpperRecords();
  }

  /** Returns the lock to hold while changing a node's neighbors. */
  Object lock(int node) {
    return locks[node & LOCKS - 1];
  }

  private long upperAddress(int level, int node) {
    return levels.upperRecord(level, node) * recordBytes(above);
  }

  /**
   * Reads the neighbors of a node.
   *
   * @param neighbors receives the neighbors; at least {@link #maxCapacity} long
   * @return the number of neighbors
   */
  int read(int level, int node, int[] neighbors) {
    OffHeapBytes bytes = level == 0 ? links0 : upper;
    long address = level == 0 ? node * level0.linksBytes() : upperAddress(level, node);
    int count = bytes.getInt(address);
    VarHandle.acquireFence(); // the neighbors were written before the count
    bytes.read(address + Integer.BYTES, neighbors, 0, count);
    return count;
  }

  /** Returns the number of neighbors of a node. */
  int degree(int level, int node) {
    return level == 0
        ? links0.getInt(node * level0.linksBytes())
        : upper.getInt(upperAddress(level, node));
  }

  /** Reads the scores of a node's links. The node must be locked. */
  void readScores(int level, int node, float[] scores, int count) {
    OffHeapBytes bytes = level == 0 ? scores0 : upper;
    long address = scoresAddress(level, node);
    for (int i = 0; i < count; i++) {
      scores[i] = bytes.getFloat(address + (long) i * Float.BYTES);
    }
  }

  private long scoresAddress(int level, int node) {
    return level == 0
        ? node * level0.scoresBytes()
        : upperAddress(level, node) + above.linksBytes();
  }

  /**
   * Adds a neighbor. The node must be locked.
   *
   * @param score the score of the two vectors; NaN if unknown
   * @return false if the node is at its capacity
   */
  boolean add(int level, int node, int neighbor, float score) {
    int count = degree(level, node);
    if (count == capacity(level)) {
      return false;
    }
    recordNeighbors(level, node);
    putLink(level, node, count, neighbor, score);
    VarHandle.releaseFence();
    putCount(level, node, count + 1);
    return true;
  }

  /** Replaces all neighbors of a node. The node must be locked. */
  void set(int level, int node, int[] neighbors, float[] scores, int count) {
    recordNeighbors(level, node);
    for (int i = 0; i < count; i++) {
      putLink(level, node, i, neighbors[i], scores[i]);
    }
    VarHandle.releaseFence();
    putCount(level, node, count);
  }

  /** Replaces one neighbor of a node. The node must be locked. */
  void replace(int level, int node, int index, int neighbor, float score) {
    recordNeighbors(level, node);
    putLink(level, node, index, neighbor, score);
  }

  private void putLink(int level, int node, int index, int neighbor, float score) {
    OffHeapBytes links = level == 0 ? links0 : upper;
    long address = level == 0 ? node * level0.linksBytes() : upperAddress(level, node);
    links.putInt(address + (1L + index) * Integer.BYTES, neighbor);
    OffHeapBytes scores = level == 0 ? scores0 : upper;
    scores.putFloat(scoresAddress(level, node) + (long) index * Float.BYTES, score);
  }

  private void putCount(int level, int node, int count) {
    OffHeapBytes links = level == 0 ? links0 : upper;
    links.putInt(level == 0 ? node * level0.linksBytes() : upperAddress(level, node), count);
  }

  /**
   * Starts recording the neighbors on level 0 that nodes have before their next change.
   *
   * @param to receives the neighbors; null to stop recording
   */
  void recordNeighbors(Holdout to) {
    holdout = to;
  }

  private void recordNeighbors(int level, int node) {
    if (holdout != null && level == 0 && holdout.isUnrecorded(node)) {
      int[] neighbors = new int[capacity(level)];
      int count = read(level, node, neighbors);
      holdout.setLinks(node, Arrays.copyOf(neighbors, count));
    }
  }

  /**
   * Prefetches a node's neighbors on level 0.
   *
   * @return a value to accumulate, so that the JIT cannot eliminate the reads
   */
  int prefetch(int node) {
    long address = node * level0.linksBytes();
    int sum = 0;
    for (long at = address; at < address + level0.linksBytes(); at += CACHE_LINE_BYTES) {
      sum += links0.getByte(at);
    }
    return sum;
  }
}

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
import org.lucenelmdb.internal.offheap.OffHeapInts;

/**
 * The links of a graph under construction, outside the heap, each with its score. A node is an
 * ordinal here.
 *
 * <p>While it is built, a node has room for half as many links again as it may have in the end: so
 * it has to choose among them once for many links that it is given. On level 0, the links of a node
 * lie together, and their scores apart from them: a search reads links only.
 *
 * <p>Who changes a node's links holds its {@linkplain #lock lock}. Who reads them holds none: it
 * sees, of links that are being changed, some of before and some of after, all of which are nodes
 * on that level with links of their own.
 */
final class GraphMemory {

  /** What a search reads at once. */
  private static final int LINE_BYTES = 64;

  private static final int COPY_BYTES = 1 << 16;

  private static final int LOCKS = 1 << 12;

  private final int size;
  private final int maxConn;
  private final LevelLayout level0;
  private final LevelLayout above;
  private Density density;
  private LinkLimits kept0;
  private LinkLimits keptAbove;
  private final OffHeapBytes links0;
  private final OffHeapBytes scores0;
  private final OffHeapBytes upper;

  /** For nodes above level 0, one more than the number of their first record; 0 for others. */
  private final OffHeapInts upperRecords;

  private final OffHeapBytes levels;
  private final Object[] locks = new Object[LOCKS];
  private final int maxUpperRecords;
  private int usedUpperRecords;

  /**
   * Receives the links of nodes on level 0 before their first change; null if none are recorded.
   */
  private Holdout holdout;

  private int entryNode = -1;
  private int topLevel = -1;

  /**
   * How the links of a node lie.
   *
   * @param maxDegree how many there may be in the end
   * @param room for how many there is
   */
  private record LevelLayout(int maxDegree, int room) {
    static LevelLayout of(int maxDegree) {
      return new LevelLayout(maxDegree, maxDegree + Math.max(2, maxDegree / 2) - 1);
    }

    /** [int32] number of links, then the links. */
    long linksBytes() {
      return (1L + room) * Integer.BYTES;
    }

    long scoresBytes() {
      return (long) room * Float.BYTES;
    }
  }

  /**
   * Allocates the memory of a graph without links.
   *
   * @param upperRecords the number of nodes on all levels above level 0 together, or more
   */
  GraphMemory(int size, int maxConn, Density density, int upperRecords, BuildMemory memory)
      throws IOException {
    this.size = size;
    this.maxConn = maxConn;
    this.level0 = LevelLayout.of(2 * maxConn);
    this.above = LevelLayout.of(maxConn);
    setDensity(density);
    this.links0 = memory.allocate(size * level0.linksBytes());
    this.scores0 = memory.allocate(size * level0.scoresBytes());
    this.maxUpperRecords = upperRecords;
    this.upper = memory.allocate(upperRecords * (above.linksBytes() + above.scoresBytes()));
    this.upperRecords = memory.ints(size);
    this.levels = memory.allocate(size);
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new Object();
    }
  }

  /** Changes how many links nodes have that choose among them from now on. Of one thread only. */
  void setDensity(Density changed) {
    density = changed;
    kept0 = changed.kept(level0.maxDegree);
    keptAbove = changed.kept(above.maxDegree);
  }

  /**
   * Copies a graph of the same M that is not larger, into one that is empty. Of one thread only.
   *
   * @param nodes how many of its nodes, from the first on
   */
  void copy(GraphMemory from, int nodes) {
    copy(from.links0, links0, nodes * level0.linksBytes());
    copy(from.scores0, scores0, nodes * level0.scoresBytes());
    long recordBytes = above.linksBytes() + above.scoresBytes();
    copy(from.upper, upper, from.usedUpperRecords * recordBytes);
    copy(from.levels, levels, nodes);
    for (int node = 0; node < nodes; node++) {
      upperRecords.set(node, from.upperRecords.get(node));
    }
    usedUpperRecords = from.usedUpperRecords;
    entryNode = from.entryNode;
    topLevel = from.topLevel;
  }

  private static void copy(OffHeapBytes from, OffHeapBytes to, long bytes) {
    byte[] buffer = new byte[(int) Math.min(COPY_BYTES, bytes)];
    for (long at = 0; at < bytes; at += buffer.length) {
      int count = (int) Math.min(buffer.length, bytes - at);
      from.read(at, buffer, 0, count);
      to.write(at, buffer, 0, count);
    }
  }

  /** The number of nodes on all levels above level 0, together. */
  int usedUpperRecords() {
    return usedUpperRecords;
  }

  /** What the constructor allocates. */
  static long memoryBytes(int size, int maxConn, int upperRecords) {
    LevelLayout level0 = LevelLayout.of(2 * maxConn);
    LevelLayout above = LevelLayout.of(maxConn);
    return BuildMemory.cost(size * level0.linksBytes())
        + BuildMemory.cost(size * level0.scoresBytes())
        + BuildMemory.cost(upperRecords * (above.linksBytes() + above.scoresBytes()))
        + BuildMemory.costOfInts(size)
        + BuildMemory.cost(size);
  }

  int size() {
    return size;
  }

  int maxConn() {
    return maxConn;
  }

  /** The number of links that a node may have in the end. */
  int maxDegree(int level) {
    return level == 0 ? level0.maxDegree : above.maxDegree;
  }

  /** What a node keeps of more links than there is {@link #room} for. */
  LinkLimits kept(int level) {
    return level == 0 ? kept0 : keptAbove;
  }

  /** How many links nodes have of those that they may have. */
  Density density() {
    return density;
  }

  /** The number of links that a node may have while the graph is built. */
  int room(int level) {
    return level == 0 ? level0.room : above.room;
  }

  /** The largest {@link #room} of any level. */
  int maxRoom() {
    return level0.room;
  }

  /** Sets a node's highest level, once, before it has links. Of one thread only. */
  void setLevel(int node, int level) {
    if (level > 0) {
      if (usedUpperRecords + level > maxUpperRecords) {
        throw new IllegalStateException(
            "there is room for " + maxUpperRecords + " nodes above level 0");
      }
      upperRecords.set(node, usedUpperRecords + 1);
      usedUpperRecords += level;
      levels.putByte(node, (byte) level);
    }
    if (level > topLevel) {
      setEntryNode(node, level);
    }
  }

  /** Changes where searches begin. Of one thread only. */
  void setEntryNode(int node, int level) {
    entryNode = node;
    topLevel = level;
  }

  /** The highest level of a node. */
  int level(int node) {
    return levels.getByte(node);
  }

  /** Where every search begins: the first of the nodes on the highest level. */
  int entryNode() {
    return entryNode;
  }

  /** The highest level; -1 if there are no nodes. */
  int topLevel() {
    return topLevel;
  }

  /** What to hold while changing a node's links. */
  Object lock(int node) {
    return locks[node & LOCKS - 1];
  }

  private long upperAddress(int level, int node) {
    int record = upperRecords.get(node) - 1 + (level - 1);
    return record * (above.linksBytes() + above.scoresBytes());
  }

  /**
   * Reads a node's links.
   *
   * @param neighbors with room for {@link #maxRoom}
   * @return how many there are
   */
  int read(int level, int node, int[] neighbors) {
    OffHeapBytes bytes = level == 0 ? links0 : upper;
    long address = level == 0 ? node * level0.linksBytes() : upperAddress(level, node);
    int count = bytes.getInt(address);
    VarHandle.acquireFence(); // links that are counted have been written
    bytes.read(address + Integer.BYTES, neighbors, 0, count);
    return count;
  }

  /** The number of a node's links. */
  int degree(int level, int node) {
    return level == 0
        ? links0.getInt(node * level0.linksBytes())
        : upper.getInt(upperAddress(level, node));
  }

  /** Reads the scores of a node's links; its lock is held. */
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
   * Adds a link; the node's lock is held.
   *
   * @param score of the two vectors; NaN if it is not known
   * @return false if there is no room
   */
  boolean add(int level, int node, int neighbor, float score) {
    int count = degree(level, node);
    if (count == room(level)) {
      return false;
    }
    recordLinks(level, node);
    putLink(level, node, count, neighbor, score);
    VarHandle.releaseFence();
    putCount(level, node, count + 1);
    return true;
  }

  /** Replaces all links of a node; its lock is held. */
  void set(int level, int node, int[] neighbors, float[] scores, int count) {
    recordLinks(level, node);
    for (int i = 0; i < count; i++) {
      putLink(level, node, i, neighbors[i], scores[i]);
    }
    VarHandle.releaseFence();
    putCount(level, node, count);
  }

  /** Replaces one of a node's links; its lock is held. */
  void replace(int level, int node, int index, int neighbor, float score) {
    recordLinks(level, node);
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
   * Records the links that nodes have on level 0 before their first change from now on.
   *
   * @param to null to end the recording
   */
  void recordLinks(Holdout to) {
    holdout = to;
  }

  private void recordLinks(int level, int node) {
    if (holdout != null && level == 0 && holdout.isUnknown(node)) {
      int[] neighbors = new int[room(level)];
      int count = read(level, node, neighbors);
      holdout.setLinks(node, Arrays.copyOf(neighbors, count));
    }
  }

  /** Makes the CPU fetch a node's links on level 0; returns something to keep. */
  int touch(int node) {
    long address = node * level0.linksBytes();
    int sum = 0;
    for (long at = address; at < address + level0.linksBytes(); at += LINE_BYTES) {
      sum += links0.getByte(at);
    }
    return sum;
  }
}

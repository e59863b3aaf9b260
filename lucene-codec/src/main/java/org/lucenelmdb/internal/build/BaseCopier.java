/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraph.NodesIterator;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Copies the graph from which a build starts, its <i>base</i>, and repairs it where nodes were
 * deleted or are held out. Records which nodes are present in the new graph.
 */
final class BaseCopier {

  private final BuildContext build;
  private final GraphMemory graph;
  private final DuplicateVectors duplicates;
  private final BuildMemory memory;
  private final Workers workers;
  private final int size;
  private final OffHeapBits present;

  /** 1 for the nodes that lost too many neighbors; null if nothing was copied. */
  private OffHeapBytes underconnected;

  BaseCopier(BuildContext build, DuplicateVectors duplicates, BuildMemory memory)
      throws IOException {
    this.build = build;
    this.graph = build.graph();
    this.duplicates = duplicates;
    this.memory = memory;
    this.workers = build.workers();
    this.size = build.values().size();
    this.present = memory.bits(size);
  }

  /**
   * Returns the bytes that this class allocates.
   *
   * @param base null if there is none
   */
  static long memoryBytes(int size, SourceGraph base) {
    return BuildMemory.costOfBits(size)
        + (base == null ? 0 : base.memoryBytes() + BuildMemory.cost(size));
  }

  /** Returns whether a node is in the graph already, so that it need not be inserted. */
  boolean isPresent(int node) {
    return present.get(node);
  }

  /** Records that a node is in the graph. */
  void setPresent(int node) {
    present.getAndSet(node);
  }

  /**
   * The result of a copy.
   *
   * @param holdout the nodes that can be held out
   * @param isDamaged whether nodes of the base are missing, so that others may be unreachable
   */
  record Result(Holdout holdout, boolean isDamaged) {}

  /**
   * Copies a base.
   *
   * @param wanted the nodes to hold out
   */
  Result copy(SourceGraph base, Holdout wanted) throws IOException {
    if (base instanceof GrownGraph grown && grown.isInOrder()) {
      copyInOrder(grown);
      return new Result(wanted, false);
    }
    OffHeapInts newOrdinals = base.newOrdinals(build.values(), memory, workers);
    HnswGraph source = base.open();
    Holdout holdout = withoutUpperNodes(wanted, source, newOrdinals);
    boolean holdsOut = removeHeldOut(holdout, newOrdinals);
    if (new BaseNodes(source, base.isOwn(), newOrdinals, duplicates, present, workers).find()
        == false) {
      return new Result(holdout, false);
    }
    underconnected = memory.allocate(size);
    copyLevels(source, newOrdinals);
    workers.forEach(
        "copying",
        newOrdinals.size(),
        () -> {
          WorkerContext context = new WorkerContext(build);
          return new GraphCopier(
                  base.open(), newOrdinals, graph, context.pairs, context.selector, underconnected)
              ::copy;
        });
    return new Result(holdout, holdsOut || base.live() < base.size());
  }

  /** Copies a graph with the same ordinals, without held-out nodes. */
  private void copyInOrder(GrownGraph grown) throws IOException {
    graph.copy(grown.graph(), grown.size());
    underconnected = memory.allocate(size);
    for (int node = 0; node < grown.size(); node++) {
      workers.checkPeriodically(node);
      if (grown.absent().get(node) == false) {
        present.getAndSet(node);
      }
    }
  }

  /**
   * Returns the nodes to hold out, without those on upper levels of the source: holding them out
   * would lose links on all levels.
   */
  private Holdout withoutUpperNodes(Holdout wanted, HnswGraph source, OffHeapInts newOrdinals)
      throws IOException {
    Set<Integer> upper = new HashSet<>();
    if (wanted.size() > 0 && source.numLevels() > 1) {
      NodesIterator nodes = source.getNodesOnLevel(1);
      while (nodes.hasNext()) {
        int node = nodes.nextInt();
        workers.checkPeriodically(node);
        upper.add(newOrdinals.get(node) - 1);
      }
    }
    return new Holdout(
        IntStream.of(wanted.ordinals()).filter(o -> upper.contains(o) == false).toArray());
  }

  /** Marks held-out nodes of the source as deleted, and returns whether there are any. */
  private boolean removeHeldOut(Holdout holdout, OffHeapInts newOrdinals) throws IOException {
    boolean holdsOut = false;
    for (int node = 0; holdout.size() > 0 && node < newOrdinals.size(); node++) {
      workers.checkPeriodically(node);
      if (holdout.contains(newOrdinals.get(node) - 1)) {
        newOrdinals.set(node, 0);
        holdsOut = true;
      }
    }
    return holdsOut;
  }

  private void copyLevels(HnswGraph source, OffHeapInts newOrdinals) throws IOException {
    for (int level = source.numLevels() - 1; level >= 0; level--) {
      NodesIterator nodes = source.getNodesOnLevel(level);
      while (nodes.hasNext()) {
        int sourceNode = nodes.nextInt();
        workers.checkPeriodically(sourceNode);
        int node = -1 - newOrdinals.get(sourceNode);
        if (node >= 0 && graph.level(node) == 0) {
          graph.setLevel(node, level);
        }
      }
    }
  }

  /**
   * Marks underconnected nodes and nodes without neighbors as absent, so that they are inserted
   * again.
   */
  void removeUnderconnected() throws IOException {
    for (int node = 0; node < size; node++) {
      workers.checkPeriodically(node);
      if (underconnected.getByte(node) != 0 || present.get(node) && graph.degree(0, node) == 0) {
        present.clear(node);
      }
    }
  }

  /** Returns a present node on the highest level; -1 if no node is present. */
  int highestPresent() throws IOException {
    int highest = -1;
    for (int node = 0; node < size; node++) {
      workers.checkPeriodically(node);
      if (present.get(node) && (highest < 0 || graph.level(node) > graph.level(highest))) {
        highest = node;
      }
    }
    return highest;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraph.NodesIterator;
import org.lucenelmdb.internal.offheap.OffHeapBits;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The nodes of a merge that are in the graph of a source. Of equal vectors, the links of one node
 * are copied to the original: of one on the highest level that any of them is on. For one thread.
 */
final class BaseNodes {

  /**
   * A graph is not copied if more than one of this many nodes is {@linkplain #isForeign foreign}.
   * Graphs of other formats link copies with each other, and few links are left without these:
   * where half of the vectors were copies, recall was 0.72 to 0.97, and 1 with a new graph.
   */
  private static final int NODES_PER_FOREIGN = 20;

  private final HnswGraph source;
  private final boolean isOwn;
  private final OffHeapInts newOrdinals;
  private final Copies copies;
  private final OffHeapBits present;
  private final Workers workers;

  /**
   * @param isOwn whether the source's graph was built here, and not by another format
   * @param newOrdinals one more than the new ordinal of each node of the source, 0 for deleted ones
   * @param present receives the new nodes that have links to copy
   */
  BaseNodes(
      HnswGraph source,
      boolean isOwn,
      OffHeapInts newOrdinals,
      Copies copies,
      OffHeapBits present,
      Workers workers) {
    this.source = source;
    this.isOwn = isOwn;
    this.newOrdinals = newOrdinals;
    this.copies = copies;
    this.present = present;
    this.workers = workers;
  }

  /**
   * Replaces new ordinals by those of originals, and negates those of nodes whose links are to be
   * copied.
   *
   * @return false if the graph is of no use; no node is present then
   */
  boolean find() throws IOException {
    for (int level = source.numLevels() - 1; level >= 0; level--) {
      NodesIterator nodes = source.getNodesOnLevel(level);
      while (nodes.hasNext()) {
        int node = nodes.nextInt();
        checkNowAndThen(node);
        int ordinal = newOrdinals.get(node) - 1;
        if (ordinal >= 0) {
          int original = copies.original(ordinal);
          boolean copied = present.getAndSet(original) == false;
          newOrdinals.set(node, copied ? -1 - original : 1 + original);
        }
      }
    }
    if (copies.count() > 0 && countForeign() > newOrdinals.size() / NODES_PER_FOREIGN) {
      for (int node = 0; node < newOrdinals.size(); node++) {
        checkNowAndThen(node);
        if (newOrdinals.get(node) != 0) {
          present.clear(Math.abs(newOrdinals.get(node)) - 1);
        }
      }
      return false;
    }
    return true;
  }

  /** How many nodes are linked otherwise than by {@link Copies}. */
  private int countForeign() throws IOException {
    int count = 0;
    for (int node = 0; node < newOrdinals.size(); node++) {
      checkNowAndThen(node);
      if (newOrdinals.get(node) != 0 && isForeign(node)) {
        count++;
      }
    }
    return count;
  }

  /**
   * Whether a node is a copy in a graph of another format; or, in one that was built here, which
   * may have been before {@link Copies} were, has a link to another vector's copy, or is a copy
   * without a link to the original, which may have been deleted.
   */
  private boolean isForeign(int node) throws IOException {
    int ordinal = newOrdinals.get(node);
    if (isOwn == false) {
      return ordinal > 0;
    }
    boolean complete = ordinal < 0;
    source.seek(0, node);
    for (int n = source.nextNeighbor(); n != NO_MORE_DOCS; n = source.nextNeighbor()) {
      if (n >= 0 && n < newOrdinals.size()) { // others are found when links are copied
        int neighbor = newOrdinals.get(n);
        if (neighbor > 0 && neighbor != Math.abs(ordinal)) {
          return true;
        }
        complete |= neighbor == 0 || neighbor == -ordinal;
      }
    }
    return complete == false;
  }

  private void checkNowAndThen(int node) throws IOException {
    if (node % GraphBuilder.CHECK_INTERVAL == 0) {
      workers.check();
    }
  }
}

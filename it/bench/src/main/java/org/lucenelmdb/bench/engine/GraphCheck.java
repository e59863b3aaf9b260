/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.IOException;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.hnsw.HnswGraph;

/** Checks the connectivity of a graph. */
final class GraphCheck {

  private GraphCheck() {}

  /**
   * Returns the number of nodes of level 0 that cannot be reached from the entry node. A search
   * descends level by level, so the traversal of each level starts from all nodes reached on the
   * level above.
   */
  static int unreachable(HnswGraph graph) throws IOException {
    int size = graph.size();
    if (size == 0) {
      return 0;
    }
    FixedBitSet reached = new FixedBitSet(size);
    reached.set(graph.entryNode());
    for (int level = graph.numLevels() - 1; level >= 0; level--) {
      traverse(graph, level, reached);
    }
    return size - reached.cardinality();
  }

  private static void traverse(HnswGraph graph, int level, FixedBitSet reached) throws IOException {
    int[] next = new int[reached.length()];
    int begin = 0;
    int end = 0;
    for (int node = reached.nextSetBit(0); node != DocIdSetIterator.NO_MORE_DOCS; ) {
      next[end++] = node;
      node =
          node + 1 < reached.length()
              ? reached.nextSetBit(node + 1)
              : DocIdSetIterator.NO_MORE_DOCS;
    }
    while (begin < end) {
      graph.seek(level, next[begin++]);
      for (int node = graph.nextNeighbor();
          node != DocIdSetIterator.NO_MORE_DOCS;
          node = graph.nextNeighbor()) {
        if (reached.getAndSet(node) == false) {
          next[end++] = node;
        }
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.index;

import java.io.IOException;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;

/**
 * The nodes that a search can reach: it begins at the entry node on the top level, and continues on
 * each level from the nodes that it reached above.
 */
public final class Reachability {

  private final GraphGeometry graph;
  private final int[] reached; // by level
  private final int[] firstUnreached; // by level; -1 if all are reached

  private Reachability(GraphGeometry graph) {
    this.graph = graph;
    this.reached = new int[graph.levels()];
    this.firstUnreached = new int[graph.levels()];
  }

  /**
   * Follows all links.
   *
   * @throws org.apache.lucene.index.CorruptIndexException if a list of neighbors is damaged
   */
  public static Reachability of(SegmentInspection segment, FieldInspection field)
      throws IOException {
    Reachability reachability = new Reachability(field.graph());
    reachability.follow(
        new LinksInput(field.graph(), segment.image(), segment.pageSize(), segment.metadata()));
    return reachability;
  }

  private void follow(LinksInput links) throws IOException {
    FixedBitSet seen = new FixedBitSet(graph.size());
    seen.set(graph.entryNode());
    int[] queue = new int[graph.size()];
    int[] neighbors = new int[Math.max(1, graph.maxDegree())];
    for (int level = graph.levels() - 1; level >= 0; level--) {
      int count = 0;
      for (int i = 0; i < size(level); i++) {
        if (seen.get(node(level, i))) { // on the level above
          queue[count++] = node(level, i);
        }
      }
      for (int next = 0; next < count; next++) {
        int degree = links.read(level, queue[next], neighbors);
        for (int i = 0; i < degree; i++) {
          if (seen.getAndSet(neighbors[i]) == false) {
            queue[count++] = neighbors[i];
          }
        }
      }
      reached[level] = count;
      firstUnreached[level] = firstUnreached(level, seen);
    }
  }

  private int firstUnreached(int level, FixedBitSet seen) {
    for (int i = 0; i < size(level); i++) {
      if (seen.get(node(level, i)) == false) {
        return node(level, i);
      }
    }
    return -1;
  }

  private int node(int level, int i) {
    return level == 0 ? i : graph.nodesByLevel()[level][i];
  }

  /** The number of nodes on a level. */
  public int size(int level) {
    return level == 0 ? graph.size() : graph.nodesByLevel()[level].length;
  }

  /** The number of nodes on a level that are reached. */
  public int reached(int level) {
    return reached[level];
  }

  /** The first node on a level that is not reached; -1 if there is none. */
  public int firstUnreached(int level) {
    return firstUnreached[level];
  }
}

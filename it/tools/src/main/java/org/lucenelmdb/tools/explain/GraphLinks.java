/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.output.ProgressLine;

/** The graph of a field in a segment: its links, and paths along them. For one thread. */
final class GraphLinks {

  private final GraphGeometry graph;
  private final NodeOrdinals order;
  private final LinksInput links;
  private final int[] neighbors;

  GraphLinks(SegmentField field) throws IOException {
    this.graph = field.field().graph();
    this.order =
        field.field().codes() == null
            ? NodeOrdinals.IDENTITY
            : field.field().codes().order(field.segment().image(), field.segment().metadata());
    this.links =
        new LinksInput(
            graph, field.segment().image(), field.segment().pageSize(), field.segment().metadata());
    this.neighbors = new int[graph.maxDegree()];
  }

  int size() {
    return graph.size();
  }

  int entryNode() {
    return graph.entryNode();
  }

  int node(int ordinal) throws IOException {
    return order.node(ordinal);
  }

  int ordinal(int node) throws IOException {
    return order.ordinal(node);
  }

  /** The neighbors of a node on a level, ascending. */
  int[] neighbors(int level, int node) throws IOException {
    return Arrays.copyOf(neighbors, links.read(level, node, neighbors));
  }

  /** The highest level of a node. */
  int level(int node) {
    int level = 0;
    while (level + 1 < graph.levels()
        && Arrays.binarySearch(graph.nodesByLevel()[level + 1], node) >= 0) {
      level++;
    }
    return level;
  }

  /** The nodes that link to a node on level 0, ascending. */
  List<Integer> inLinks(int node) throws IOException {
    List<Integer> found = new ArrayList<>();
    try (ProgressLine progress = ProgressLine.begin("links to the document", graph.size())) {
      for (int other = 0; other < graph.size(); other++) {
        int degree = links.read(0, other, neighbors);
        if (Arrays.binarySearch(neighbors, 0, degree, node) >= 0) {
          found.add(other);
        }
        progress.advance(1);
      }
    }
    return found;
  }

  /**
   * Finds a shortest path on level 0.
   *
   * @param isStart whether a node may be the first of the path
   * @return the nodes of the path; empty if there is none; the node alone if it is a start
   */
  List<Integer> shortestPath(IntPredicate isStart, int node) throws IOException {
    int[] from = new int[graph.size()];
    Arrays.fill(from, -1);
    ArrayDeque<Integer> queue = new ArrayDeque<>();
    for (int start = 0; start < graph.size(); start++) {
      if (isStart.test(start)) {
        from[start] = start;
        queue.add(start);
      }
    }
    try (ProgressLine progress = ProgressLine.begin("paths to the document", graph.size())) {
      while (queue.isEmpty() == false && from[node] < 0) {
        int at = queue.poll();
        int degree = links.read(0, at, neighbors);
        for (int i = 0; i < degree; i++) {
          if (from[neighbors[i]] < 0) {
            from[neighbors[i]] = at;
            queue.add(neighbors[i]);
          }
        }
        progress.advance(1);
      }
    }
    List<Integer> path = new ArrayList<>();
    if (from[node] >= 0) {
      int at = node;
      path.addFirst(at);
      while (from[at] != at) {
        at = from[at];
        path.addFirst(at);
      }
    }
    return path;
  }
}

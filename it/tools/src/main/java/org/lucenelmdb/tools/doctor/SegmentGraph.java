/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.LinksInput;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.search.StoredVectors;

/** The graph of a segment: degrees on level 0, and the nodes that can be reached. */
final class SegmentGraph {

  final SegmentField segment;
  final int[] degrees;
  final int[] inDegrees;
  final FixedBitSet reached;
  private final NodeOrdinals nodes;

  private SegmentGraph(SegmentField segment, int size, NodeOrdinals nodes) {
    this.segment = segment;
    this.degrees = new int[size];
    this.inDegrees = new int[size];
    this.reached = new FixedBitSet(size);
    this.nodes = nodes;
  }

  /** Reads all neighbor lists. Returns null if the segment has no graph. */
  static SegmentGraph read(SegmentField segment) throws IOException {
    GraphGeometry geometry = segment.field().graph();
    if (geometry == null) {
      return null;
    }
    LinksInput links =
        new LinksInput(
            geometry,
            segment.segment().image().clone(),
            segment.segment().pageSize(),
            segment.segment().metadata().clone());
    SegmentGraph graph = new SegmentGraph(segment, geometry.size(), nodes(segment));
    graph.count(links, new int[geometry.maxDegree()]);
    graph.reach(links, geometry);
    return graph;
  }

  private static NodeOrdinals nodes(SegmentField segment) throws IOException {
    return segment.field().codes() == null
        ? NodeOrdinals.IDENTITY
        : segment
            .field()
            .codes()
            .order(segment.segment().image().clone(), segment.segment().metadata().clone());
  }

  private void count(LinksInput links, int[] neighbors) throws IOException {
    for (int node = 0; node < degrees.length; node++) {
      degrees[node] = links.read(0, node, neighbors);
      for (int i = 0; i < degrees[node]; i++) {
        inDegrees[neighbors[i]]++;
      }
    }
  }

  /**
   * Follows links from the entry node, level by level: each node that is reached on a level is a
   * start on the level below.
   */
  private void reach(LinksInput links, GraphGeometry geometry) throws IOException {
    int[] neighbors = new int[geometry.maxDegree()];
    int[] queue = new int[degrees.length];
    int size = 1;
    queue[0] = geometry.entryNode();
    reached.set(geometry.entryNode());
    for (int level = geometry.levels() - 1; level >= 0; level--) {
      for (int next = 0; next < size; next++) {
        int count = links.read(level, queue[next], neighbors);
        for (int i = 0; i < count; i++) {
          if (reached.getAndSet(neighbors[i]) == false) {
            queue[size++] = neighbors[i];
          }
        }
      }
    }
  }

  int size() {
    return degrees.length;
  }

  int unreached() {
    return size() - reached.cardinality();
  }

  /** Returns the node of a document of the segment. */
  int node(int doc) throws IOException {
    KnnVectorValues.DocIndexIterator docs =
        StoredVectors.open(segment.reader(), segment.name()).iterator();
    docs.advance(doc);
    return nodes.node(docs.index());
  }

  /** The share of all links that lead to the hundredth of the nodes with the most links. */
  double shareOfHubs() {
    int[] sorted = inDegrees.clone();
    Arrays.sort(sorted);
    int hubs = Math.max(1, sorted.length / 100);
    long all = 0;
    long toHubs = 0;
    for (int i = 0; i < sorted.length; i++) {
      all += sorted[i];
      toHubs += i >= sorted.length - hubs ? sorted[i] : 0;
    }
    return all == 0 ? 0 : toHubs / (double) all;
  }
}

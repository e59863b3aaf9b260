/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.inspect;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.IntUnaryOperator;
import org.apache.lucene.index.CorruptIndexException;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.roaring.PortableRoaring;
import org.lucenelmdb.internal.store.ImageWalk;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.tools.index.Reachability;

/** Counts the links of a field while its records are read. */
final class GraphStatistics {

  private static final int HUBS = 10;

  private final SegmentInspection segment;
  private final FieldInspection field;
  private final GraphGeometry graph;
  private final VectorBlocks scored; // what a traversal reads of a neighbor
  private final int[] neighbors;
  private final int[] degrees;
  private final int[] inDegrees;
  private final long[] links; // by level
  private long listBytes;
  private long largestList;
  private long lists;
  private long listsOnOwnPages;
  private long pages;
  private long listPages;
  private long lastPage = -1;

  GraphStatistics(SegmentInspection segment, FieldInspection field) {
    this.segment = segment;
    this.field = field;
    this.graph = field.graph();
    this.scored = field.codes() == null ? field.blocks() : field.codes().blocks();
    this.neighbors = new int[graph.maxDegree()];
    this.degrees = new int[graph.maxDegree() + 1];
    this.inDegrees = new int[graph.size()];
    this.links = new long[graph.levels()];
  }

  /**
   * Adds a list of neighbors.
   *
   * @param bytes contain the value of the record
   */
  void add(ImageWalk.Record record, byte[] bytes, int offset) throws CorruptIndexException {
    int level = (int) record.keyNumber(2, Short.BYTES);
    int degree =
        PortableRoaring.decode(
            bytes, offset, (int) record.length(), neighbors, graph.size(), "the image");
    if (level >= links.length) {
      throw new CorruptIndexException(
          "the graph should have " + links.length + " levels; found " + level, "the image");
    }
    links[level] += degree;
    if (level > 0) {
      return;
    }
    degrees[degree]++;
    lists++;
    listBytes += record.length();
    largestList = Math.max(largestList, record.length());
    if (record.isOnOverflowPages()) {
      listsOnOwnPages++;
    } else if (record.address() / segment.pageSize() != lastPage) {
      lastPage = record.address() / segment.pageSize();
      listPages++;
    }
    long previous = -1;
    for (int i = 0; i < degree; i++) {
      inDegrees[neighbors[i]]++;
      long page = scored.address(neighbors[i]) / segment.pageSize();
      if (page != previous) { // neighbors ascend, and so do their addresses
        pages++;
        previous = page;
      }
    }
  }

  InspectResult.Graph result(IntUnaryOperator documents) throws IOException {
    Reachability reachability = Reachability.of(segment, field);
    List<InspectResult.Level> levels = new ArrayList<>();
    long allLinks = 0;
    for (int level = 0; level < links.length; level++) {
      levels.add(
          new InspectResult.Level(
              level, reachability.size(level), reachability.reached(level), links[level]));
      allLinks += links[level];
    }
    int largest = degrees.length - 1;
    while (largest > 0 && degrees[largest] == 0) {
      largest--;
    }
    List<InspectResult.Hub> hubs = hubs(documents);
    int[] sorted = inDegrees.clone();
    Arrays.sort(sorted);
    int unlinked = 0;
    while (unlinked < sorted.length && sorted[unlinked] == 0) {
      unlinked++;
    }
    return new InspectResult.Graph(
        graph.maxConn(),
        graph.entryNode(),
        allLinks,
        levels,
        (double) links[0] / graph.size(),
        largest,
        Arrays.stream(degrees, 0, largest + 1).boxed().toList(),
        new InspectResult.InDegrees(
            sorted[sorted.length / 2],
            sorted[(int) (sorted.length * 0.99)],
            sorted[sorted.length - 1]),
        unlinked,
        hubs,
        new InspectResult.Locality(
            (double) listBytes / Math.max(1, lists),
            largestList,
            (double) (lists - listsOnOwnPages) / Math.max(1, listPages),
            listsOnOwnPages,
            (double) pages / Math.max(1, lists)));
  }

  private List<InspectResult.Hub> hubs(IntUnaryOperator documents) {
    PriorityQueue<Integer> most =
        new PriorityQueue<>(Comparator.comparingInt((Integer node) -> inDegrees[node]));
    for (int node = 0; node < inDegrees.length; node++) {
      if (most.size() < HUBS) {
        most.add(node);
      } else if (inDegrees[node] > inDegrees[most.peek()]) {
        most.poll();
        most.add(node);
      }
    }
    return most.stream()
        .sorted(Comparator.comparingInt((Integer node) -> -inDegrees[node]).thenComparing(n -> n))
        .map(node -> new InspectResult.Hub(node, documents.applyAsInt(node), inDegrees[node]))
        .toList();
  }

  /** The size of the table of addresses. */
  static long tableBytes(GraphGeometry graph) {
    return graph == null ? 0 : graph.addresses().byteSize();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.LongValues;
import org.lucenelmdb.internal.roaring.PortableRoaring;
import org.lucenelmdb.internal.store.RecordInput;

/** Reads neighbor lists from an image by their addresses. For one thread. */
public final class LinksInput {

  private final GraphGeometry geometry;
  private final String resource;
  private final RecordInput records;
  private final LongValues addresses;
  private final int[] firstAddress;

  /**
   * Opens the neighbor lists of a graph.
   *
   * @param image the image, a slice of its file
   * @param pageSize the size of the image's pages, in bytes
   * @param meta the metadata file
   */
  public LinksInput(GraphGeometry geometry, IndexInput image, int pageSize, IndexInput meta)
      throws IOException {
    this.geometry = geometry;
    this.resource = image.toString();
    long maxBytes = PortableRoaring.maxBytes(geometry.maxDegree(), geometry.size());
    this.records = new RecordInput(image, pageSize, Math.toIntExact(maxBytes));
    this.addresses = geometry.addresses().open(meta);
    this.firstAddress = new int[geometry.levels()];
    for (int level = 1; level < firstAddress.length; level++) {
      int below = level == 1 ? geometry.size() : geometry.nodesByLevel()[level - 1].length;
      firstAddress[level] = firstAddress[level - 1] + below;
    }
  }

  /**
   * Reads a node's neighbors.
   *
   * @param neighbors receives the neighbors, ascending; at least {@link GraphGeometry#maxDegree}
   *     long
   * @return the number of neighbors
   * @throws CorruptIndexException if the node is not on the level, or its record is damaged
   */
  public int read(int level, int node, int[] neighbors) throws IOException {
    int length =
        records.read(address(level, node), GraphRecords.linksKey(geometry.field(), level, node));
    return PortableRoaring.decode(
        records.bytes(), records.offset(), length, neighbors, geometry.size(), resource);
  }

  /**
   * Prefetches a node's neighbor list on level 0.
   *
   * @return a value to accumulate, so that the JIT cannot eliminate the read
   */
  public int prefetch(int node) {
    return records.prefetch(addresses.get(node) << 1);
  }

  /**
   * Checks a neighbor list above level 0 on behalf of Lucene's graph builders. They require that
   * every neighbor is on the level, and that a node has at most M + 1 neighbors.
   */
  void checkForCopy(int level, int[] neighbors, int count) throws IOException {
    if (count > geometry.maxConn() + 1) {
      throw new CorruptIndexException(
          "a node of level "
              + level
              + " should have at most "
              + (geometry.maxConn() + 1)
              + " neighbors; found "
              + count,
          resource);
    }
    for (int i = 0; i < count; i++) {
      rank(level, neighbors[i]);
    }
  }

  private long address(int level, int node) throws IOException {
    return addresses.get(firstAddress[level] + rank(level, node)) << 1;
  }

  /** Returns the position of a node among the nodes of its level. */
  private int rank(int level, int node) throws IOException {
    int rank = level == 0 ? node : Arrays.binarySearch(geometry.nodesByLevel()[level], node);
    if (rank < 0) {
      throw new CorruptIndexException(
          "node " + node + " should be on level " + level + "; found it is not", resource);
    }
    return rank;
  }
}

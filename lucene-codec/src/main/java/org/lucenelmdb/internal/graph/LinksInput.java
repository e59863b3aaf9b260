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

/** Reads the links of nodes, each by its address. For one thread. */
public final class LinksInput {

  private final GraphGeometry geometry;
  private final String resource;
  private final RecordInput records;
  private final LongValues addresses;
  private final int[] firstAddress;

  /**
   * Opens the links of a graph.
   *
   * @param image the image as a slice of its file
   * @param pageSize of the image
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
   * @param neighbors with room for {@link GraphGeometry#maxDegree}
   * @return how many there are
   * @throws CorruptIndexException if the node is not on the level, or its links are not as they
   *     should be
   */
  public int read(int level, int node, int[] neighbors) throws IOException {
    int length = records.read(address(level, node), Links.linksKey(geometry.field(), level, node));
    return PortableRoaring.decode(
        records.bytes(), records.offset(), length, neighbors, geometry.size(), resource);
  }

  /** Makes the CPU fetch a node's links on level 0, which are about to be read. */
  public int touch(int node) {
    return records.prefetch(addresses.get(node) << 1);
  }

  /**
   * Checks links above level 0: all of them are to be on the level, and Lucene's builders have no
   * room for more than M + 1.
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

  /** A node's place among those of its level. */
  private int rank(int level, int node) throws IOException {
    int rank = level == 0 ? node : Arrays.binarySearch(geometry.nodesByLevel()[level], node);
    if (rank < 0) {
      throw new CorruptIndexException(
          "node " + node + " should be on level " + level + "; found it is not", resource);
    }
    return rank;
  }
}

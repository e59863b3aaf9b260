/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.RamUsageEstimator;
import org.lucenelmdb.internal.roaring.PortableRoaring;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.PackedTable;

/**
 * The shape of a field's graph, and the addresses of its neighbor lists.
 *
 * @param field the field's number in the image
 * @param size the number of nodes
 * @param maxConn M
 * @param maxDegree the largest number of neighbors of any node on any level
 * @param entryNode the node from which a search descends, on the highest level
 * @param linksBytes the bytes of the neighbor lists in the image
 * @param nodesByLevel the nodes of each level, in ascending order; null for level 0, which has all
 *     nodes
 * @param addresses half the address of each neighbor list, level by level
 */
public record GraphGeometry(
    int field,
    int size,
    int maxConn,
    int maxDegree,
    int entryNode,
    long linksBytes,
    int[][] nodesByLevel,
    PackedTable addresses) {

  private static final int MAX_LEVELS = 64;

  /**
   * Reads the metadata of a graph:
   *
   * <ul>
   *   <li>[int32] the number of levels; 0 if there is no graph, and nothing follows
   *   <li>[int32] M
   *   <li>[int32] the largest number of neighbors
   *   <li>[int32] the entry node
   *   <li>[int64] the bytes of the neighbor lists
   *   <li>for each level from 1 on: [int32] the number of its nodes
   *   <li>a {@link PackedTable} of half the address of each neighbor list, level by level, in the
   *       order of the nodes
   * </ul>
   *
   * @param image the image with the nodes of the levels
   * @return the geometry; null if there is no graph
   * @throws CorruptIndexException if the metadata is damaged
   */
  public static GraphGeometry read(IndexInput meta, ImageReader image, int field, int size)
      throws IOException {
    int levels = meta.readInt();
    if (levels == 0) {
      return null;
    }
    int maxConn = meta.readInt();
    int maxDegree = meta.readInt();
    int entryNode = meta.readInt();
    long linksBytes = meta.readLong();
    if (levels < 0
        || linksBytes < 0
        || linksBytes > image.usedLength()
        || levels > MAX_LEVELS
        || size == 0
        || maxConn < 1
        || maxConn > Character.MAX_VALUE
        || maxDegree < 0
        || maxDegree > size
        || maxDegree > 2 * maxConn // the size of the buffer of Lucene's searchers
        || entryNode < 0
        || entryNode >= size) {
      throw new CorruptIndexException(
          "a graph of "
              + size
              + " nodes should have 1 to "
              + MAX_LEVELS
              + " levels, M, a largest"
              + " degree, an entry node and links in the image; found "
              + levels
              + ", "
              + maxConn
              + ", "
              + maxDegree
              + ", "
              + entryNode
              + ", "
              + linksBytes
              + " bytes",
          meta);
    }
    int[] levelSizes = new int[levels];
    long records = size;
    for (int level = 1; level < levels; level++) {
      levelSizes[level] = meta.readInt();
      records += levelSizes[level];
      if (levelSizes[level] < 1 || levelSizes[level] > size || records > Integer.MAX_VALUE) {
        throw new CorruptIndexException(
            "level " + level + " should have 1 to " + size + " nodes; found " + levelSizes[level],
            meta);
      }
    }
    PackedTable addresses = PackedTable.read(meta, (int) records);
    int[][] nodesByLevel = new int[levels][];
    for (int level = 1; level < levels; level++) {
      nodesByLevel[level] = readLevel(meta, image, field, level, levelSizes[level], size);
    }
    return new GraphGeometry(
        field, size, maxConn, maxDegree, entryNode, linksBytes, nodesByLevel, addresses);
  }

  private static int[] readLevel(
      IndexInput meta, ImageReader image, int field, int level, int count, int size)
      throws IOException {
    ImageReader.Value value =
        image.get(GraphRecords.LEVELS_DATABASE, GraphRecords.levelKey(field, level));
    if (value == null) {
      throw new CorruptIndexException(
          "level " + level + " of field " + field + " should be in the image; found none", meta);
    }
    long maxBytes = Math.min(Integer.MAX_VALUE - 8, PortableRoaring.maxBytes(count, size));
    byte[] bytes = image.read(value, (int) maxBytes);
    int[] nodes = new int[count];
    int found = PortableRoaring.decode(bytes, 0, bytes.length, nodes, size, "the image of " + meta);
    if (found != count) {
      throw new CorruptIndexException(
          "level " + level + " should have " + count + " nodes; found " + found, meta);
    }
    return nodes;
  }

  /** Returns the number of levels, at least 1. */
  public int levels() {
    return nodesByLevel.length;
  }

  /**
   * Returns the address of the first neighbor list of level 0. The others follow.
   *
   * @param meta the metadata file
   */
  public long firstAddress(IndexInput meta) throws IOException {
    return addresses.open(meta).get(0) << 1;
  }

  /** Returns the heap that the nodes of the levels use, in bytes. */
  public long ramBytesUsed() {
    long bytes = RamUsageEstimator.shallowSizeOf(nodesByLevel);
    for (int level = 1; level < nodesByLevel.length; level++) {
      bytes += RamUsageEstimator.sizeOf(nodesByLevel[level]);
    }
    return bytes;
  }
}

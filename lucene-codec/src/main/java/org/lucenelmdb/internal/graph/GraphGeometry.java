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
 * The shape of a field's graph, and where its links are.
 *
 * @param field the field's number in the image
 * @param size the number of nodes
 * @param maxConn M
 * @param maxDegree no node has more neighbors, on any level
 * @param entryNode where a search begins, on the highest level
 * @param linksBytes that the links take in the image
 * @param nodesByLevel the nodes of each level, ascending; null for level 0, which has all
 * @param addresses half the address of the links of each node, level by level
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
   * Reads where a graph is: [int32] number of levels, 0 if there is no graph and nothing follows;
   * [int32] M; [int32] the largest number of neighbors; [int32] the entry node; [int64] the bytes
   * that the links take; for each level from 1 on [int32] its number of nodes; a {@link
   * PackedTable} of half the address of the links of every node, level by level, in the order of
   * the nodes.
   *
   * @param image has the levels' nodes
   * @return null if there is no graph
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
        || maxDegree > 2 * maxConn // Lucene's searchers make room for so many
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
    ImageReader.Value value = image.get(Links.LEVELS_DATABASE, Links.levelKey(field, level));
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

  /** The number of levels, at least 1. */
  public int levels() {
    return nodesByLevel.length;
  }

  /** The heap that the nodes of the levels take. */
  public long ramBytesUsed() {
    long bytes = RamUsageEstimator.shallowSizeOf(nodesByLevel);
    for (int level = 1; level < nodesByLevel.length; level++) {
      bytes += RamUsageEstimator.sizeOf(nodesByLevel[level]);
    }
    return bytes;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.util.BitUtil;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.roaring.PortableRoaring;

/**
 * A graph whose links are read from the image, each by its address. For one thread.
 *
 * <p>A seek is one copy of at most a few hundred bytes: the record's header and key, which lie
 * before its value and must name the level and node that were asked for, and the bitmap.
 */
public final class ImageHnswGraph extends HnswGraph {

  // LMDB's header of a record on a leaf page, before its key
  private static final int NODE_HEADER_BYTES = 8;
  private static final int NODE_FLAGS = 4;
  private static final int NODE_KEY_LENGTH = 6;
  // LMDB's header of an overflow page, before its value
  private static final int PAGE_HEADER_BYTES = 16;
  private static final int PAGE_FLAGS = 10;
  private static final int P_OVERFLOW = 4;

  private static final int BEFORE_BYTES = NODE_HEADER_BYTES + Links.LINKS_KEY_BYTES;

  static {
    assert BEFORE_BYTES == PAGE_HEADER_BYTES; // so that one copy has either
  }

  private final GraphGeometry geometry;
  private final RandomAccessInput image;
  private final long imageLength;
  private final int pageSize;
  private final LongValues addresses;
  private final int[] firstAddress;
  private final byte[] record;
  private final int[] neighbors;
  private int count;
  private int upTo;

  /**
   * Opens a graph.
   *
   * @param image the image as a slice of its file
   * @param pageSize of the image
   * @param meta the metadata file
   */
  public ImageHnswGraph(GraphGeometry geometry, IndexInput image, int pageSize, IndexInput meta)
      throws IOException {
    this.geometry = geometry;
    this.imageLength = image.length();
    this.image = image.randomAccessSlice(0, imageLength);
    this.pageSize = pageSize;
    this.addresses = geometry.addresses().open(meta);
    this.firstAddress = new int[geometry.levels()];
    for (int level = 1; level < firstAddress.length; level++) {
      int below = level == 1 ? geometry.size() : geometry.nodesByLevel()[level - 1].length;
      firstAddress[level] = firstAddress[level - 1] + below;
    }
    long maxBytes = PortableRoaring.maxBytes(geometry.maxDegree(), geometry.size());
    this.record = new byte[Math.toIntExact(BEFORE_BYTES + maxBytes)];
    this.neighbors = new int[geometry.maxDegree()];
  }

  @Override
  public void seek(int level, int node) throws IOException {
    int rank = level == 0 ? node : Arrays.binarySearch(geometry.nodesByLevel()[level], node);
    if (rank < 0) {
      throw corrupt("node " + node + " should be on level " + level, "it is not");
    }
    long address = addresses.get(firstAddress[level] + rank) << 1;
    if (address < BEFORE_BYTES || address > imageLength) {
      throw corrupt("the address of links should be below " + imageLength, "" + address);
    }
    int length = (int) Math.min(record.length, imageLength - address + BEFORE_BYTES);
    image.readBytes(address - BEFORE_BYTES, record, 0, length);
    int valueLength = valueLength(level, node, address, length - BEFORE_BYTES);
    count =
        PortableRoaring.decode(
            record, BEFORE_BYTES, valueLength, neighbors, geometry.size(), "links");
    upTo = 0;
  }

  /** Checks that the links are the node's, and returns where they end at the latest. */
  private int valueLength(int level, int node, long address, int available) throws IOException {
    long header = (long) BitUtil.VH_LE_LONG.get(record, 0);
    if (address % pageSize == PAGE_HEADER_BYTES) { // a leaf begins with more than its header
      int flags = (short) BitUtil.VH_LE_SHORT.get(record, PAGE_FLAGS);
      if (header != address / pageSize || flags != P_OVERFLOW) {
        throw corrupt(
            "an overflow page should begin before the links at " + address,
            "number " + header + ", flags " + flags);
      }
      return available;
    }
    long length = header & 0xFFFFFFFFL;
    int flags = (int) (header >>> Byte.SIZE * NODE_FLAGS) & 0xFFFF;
    int keyLength = (int) (header >>> Byte.SIZE * NODE_KEY_LENGTH) & 0xFFFF;
    long key = Long.reverseBytes((long) BitUtil.VH_LE_LONG.get(record, NODE_HEADER_BYTES));
    if (flags != 0
        || keyLength != Links.LINKS_KEY_BYTES
        || key != Links.linksKey(geometry.field(), level, node)
        || length > available) {
      throw corrupt(
          "the links of node " + node + " on level " + level + " should be at " + address,
          "flags " + flags + ", key 0x" + Long.toHexString(key) + ", " + length + " bytes");
    }
    return (int) length;
  }

  private CorruptIndexException corrupt(String expected, String found) {
    return new CorruptIndexException(expected + "; found " + found, image.toString());
  }

  @Override
  public int nextNeighbor() {
    return upTo < count ? neighbors[upTo++] : NO_MORE_DOCS;
  }

  @Override
  public int neighborCount() {
    return count;
  }

  @Override
  public int size() {
    return geometry.size();
  }

  @Override
  public int numLevels() {
    return geometry.levels();
  }

  @Override
  public int maxConn() {
    return geometry.maxConn();
  }

  @Override
  public int entryNode() {
    return geometry.entryNode();
  }

  @Override
  public NodesIterator getNodesOnLevel(int level) {
    return level == 0
        ? new DenseNodesIterator(size())
        : new ArrayNodesIterator(geometry.nodesByLevel()[level]);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.hnswlib;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.tools.index.IndexException;

/**
 * The beginning of a file.
 *
 * @param size the number of elements
 * @param dimension the dimension of the vectors
 * @param maxLevel the highest level
 * @param entryNode the entry node
 * @param maxDegree the maximum number of neighbors above level 0
 * @param maxDegree0 the maximum number of neighbors on level 0
 * @param maxConn M
 * @param beamWidth the beam width of the build
 */
record HnswlibHeader(
    int size,
    int dimension,
    int maxLevel,
    int entryNode,
    int maxDegree,
    int maxDegree0,
    int maxConn,
    int beamWidth) {

  static final int BYTES = 9 * Long.BYTES + 2 * Integer.BYTES + 2 * Long.BYTES;

  private static final int MAX_DIMENSION = 16_384;
  private static final int MAX_LEVELS = 64;

  /** The length of the links of an element on level 0. */
  int linksBytes0() {
    return Integer.BYTES + maxDegree0 * Integer.BYTES;
  }

  /** The length of the links of an element on a level above 0. */
  int linksBytes() {
    return Integer.BYTES + maxDegree * Integer.BYTES;
  }

  int labelOffset() {
    return linksBytes0() + dimension * Float.BYTES;
  }

  int elementBytes() {
    return labelOffset() + Long.BYTES;
  }

  byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(0)
        .putLong(size)
        .putLong(size)
        .putLong(elementBytes())
        .putLong(labelOffset())
        .putLong(linksBytes0())
        .putInt(maxLevel)
        .putInt(entryNode)
        .putLong(maxDegree)
        .putLong(maxDegree0)
        .putLong(maxConn)
        .putDouble(1 / Math.log(maxConn))
        .putLong(beamWidth)
        .array();
  }

  /**
   * Reads the beginning of a file.
   *
   * @throws IndexException if it is not that of an index of float vectors
   */
  static HnswlibHeader read(IndexInput in, String resource) throws IOException {
    if (in.length() < BYTES) {
      throw notIndex(resource, in.length() + " bytes");
    }
    long offset = in.readLong();
    long capacity = in.readLong();
    long size = in.readLong();
    long elementBytes = in.readLong();
    long labelOffset = in.readLong();
    long vectorOffset = in.readLong();
    int maxLevel = in.readInt();
    int entryNode = in.readInt();
    long maxDegree = in.readLong();
    long maxDegree0 = in.readLong();
    long maxConn = in.readLong();
    in.readLong(); // the factor of random levels
    long beamWidth = in.readLong();
    long vectorBytes = labelOffset - vectorOffset;
    if (offset != 0
        || size < 0
        || capacity < size
        || size > Integer.MAX_VALUE
        || maxDegree < 1
        || maxDegree > Character.MAX_VALUE
        || maxDegree0 < 1
        || maxDegree0 > Character.MAX_VALUE
        || vectorOffset != Integer.BYTES * (maxDegree0 + 1)
        || elementBytes != labelOffset + Long.BYTES
        || vectorBytes < Float.BYTES
        || vectorBytes % Float.BYTES != 0
        || vectorBytes / Float.BYTES > MAX_DIMENSION
        || maxLevel >= MAX_LEVELS
        || size > (in.length() - BYTES) / elementBytes) {
      throw notIndex(
          resource,
          "a header with "
              + size
              + " elements of "
              + elementBytes
              + " bytes, "
              + vectorBytes
              + " of them for a vector, in "
              + in.length()
              + " bytes");
    }
    if (size == 0) {
      throw new IndexException(resource + ": expected vectors; found none");
    }
    if (maxLevel < 0 || entryNode < 0 || entryNode >= size) {
      throw notIndex(resource, "the entry node " + entryNode + " on level " + maxLevel);
    }
    return new HnswlibHeader(
        (int) size,
        (int) (vectorBytes / Float.BYTES),
        maxLevel,
        entryNode,
        (int) maxDegree,
        (int) maxDegree0,
        (int) Math.min(Integer.MAX_VALUE, maxConn),
        (int) Math.min(Integer.MAX_VALUE, beamWidth));
  }

  private static IndexException notIndex(String resource, String found) {
    return new IndexException(
        resource + ": expected an index of hnswlib with float vectors; found " + found);
  }
}

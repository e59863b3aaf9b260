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
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.roaring.PortableRoaring;
import org.lucenelmdb.store.RecordInput;

/** A graph whose links are read from the image, each by its address. For one thread. */
public final class ImageHnswGraph extends HnswGraph {

  /** Who walks a graph. */
  public enum Use {
    /** A search: a neighbour that is not on the level is found out when it is sought. */
    SEARCH,
    /**
     * Anything else, which may rely on neighbours that it does not seek: all are checked at once.
     */
    COPY
  }

  private final GraphGeometry geometry;
  private final boolean checkNeighbors;
  private final String resource;
  private final RecordInput records;
  private final LongValues addresses;
  private final int[] firstAddress;
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
  public ImageHnswGraph(
      GraphGeometry geometry, IndexInput image, int pageSize, IndexInput meta, Use use)
      throws IOException {
    this.geometry = geometry;
    this.checkNeighbors = use == Use.COPY;
    this.resource = image.toString();
    long maxBytes = PortableRoaring.maxBytes(geometry.maxDegree(), geometry.size());
    this.records = new RecordInput(image, pageSize, Math.toIntExact(maxBytes));
    this.addresses = geometry.addresses().open(meta);
    this.firstAddress = new int[geometry.levels()];
    for (int level = 1; level < firstAddress.length; level++) {
      int below = level == 1 ? geometry.size() : geometry.nodesByLevel()[level - 1].length;
      firstAddress[level] = firstAddress[level - 1] + below;
    }
    this.neighbors = new int[geometry.maxDegree()];
  }

  @Override
  public void seek(int level, int node) throws IOException {
    int rank = rank(level, node);
    long address = addresses.get(firstAddress[level] + rank) << 1;
    int length = records.read(address, Links.linksKey(geometry.field(), level, node));
    count =
        PortableRoaring.decode(
            records.bytes(), records.offset(), length, neighbors, geometry.size(), resource);
    upTo = 0;
    for (int i = 0; checkNeighbors && level > 0 && i < count; i++) {
      rank(level, neighbors[i]);
    }
  }

  private int rank(int level, int node) throws IOException {
    int rank = level == 0 ? node : Arrays.binarySearch(geometry.nodesByLevel()[level], node);
    if (rank < 0) {
      throw new CorruptIndexException(
          "node " + node + " should be on level " + level + "; found it is not", resource);
    }
    return rank;
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

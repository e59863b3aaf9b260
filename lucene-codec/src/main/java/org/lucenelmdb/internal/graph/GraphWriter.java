/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.ArrayUtil;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.HnswGraph.NodesIterator;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.store.PackedTable;
import org.lucenelmdb.internal.workers.Workers;
import org.roaringbitmap.RoaringBitmap;

/**
 * Writes the graph of one field: first {@linkplain #writeImage its links} into the image, and when
 * that is complete, {@linkplain #writeMeta where they are}.
 */
public final class GraphWriter {

  private static final int CHECK_INTERVAL = 256;

  private final int field;
  private final int maxConn;
  private final int entryNode;
  private final int[] levelSizes;
  private int maxDegree;
  private long linksBytes;

  private GraphWriter(int field, HnswGraph graph, int maxConn, NodeOrder order) throws IOException {
    this.field = field;
    this.maxConn = maxConn;
    this.entryNode = order.node(graph.entryNode());
    this.levelSizes = new int[graph.numLevels()];
  }

  /**
   * Puts a graph into the image.
   *
   * @param field the field's number in the image, larger than those before
   * @param graph of ordinals, with all from 0 to its size on level 0
   * @param maxConn M
   * @param order which node is which ordinal; used by this call only
   */
  public static GraphWriter writeImage(
      ImageWriter image, int field, HnswGraph graph, int maxConn, NodeOrder order, Workers workers)
      throws IOException {
    GraphWriter writer = new GraphWriter(field, graph, maxConn, order);
    for (int level = 0; level < writer.levelSizes.length; level++) {
      writer.writeLevel(image, graph, order, level, workers);
    }
    return writer;
  }

  private void writeLevel(
      ImageWriter image, HnswGraph graph, NodeOrder order, int level, Workers workers)
      throws IOException {
    int[] onLevel = level == 0 ? null : nodesOnLevel(graph, order, level); // all are on level 0
    int size = level == 0 ? order.size() : onLevel.length;
    levelSizes[level] = size;
    int[] neighbors = new int[2 * maxConn];
    for (int i = 0; i < size; i++) {
      if (i % CHECK_INTERVAL == 0) {
        workers.check();
      }
      int node = level == 0 ? i : onLevel[i];
      graph.seek(level, order.ordinal(node));
      int degree = 0;
      for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
        neighbors = ArrayUtil.grow(neighbors, degree + 1);
        neighbors[degree++] = order.node(n);
      }
      Arrays.sort(neighbors, 0, degree);
      RoaringBitmap links = new RoaringBitmap();
      links.addN(neighbors, 0, degree); // drops duplicates, which Lucene's merges may leave
      maxDegree = Math.max(maxDegree, links.getCardinality());
      byte[] key = Links.bytes(Links.linksKey(field, level, node));
      int bytes = links.serializedSizeInBytes();
      linksBytes += Links.RECORD_OVERHEAD_BYTES + bytes;
      links.serialize(image.put(Links.LINKS_DATABASE, key, bytes, true));
    }
    if (level > 0) {
      RoaringBitmap bitmap = new RoaringBitmap();
      bitmap.addN(onLevel, 0, onLevel.length);
      byte[] key = Links.levelKey(field, level);
      bitmap.serialize(image.put(Links.LEVELS_DATABASE, key, bitmap.serializedSizeInBytes(), true));
    }
  }

  /** The nodes of a level, ascending. */
  private static int[] nodesOnLevel(HnswGraph graph, NodeOrder order, int level)
      throws IOException {
    NodesIterator iterator = graph.getNodesOnLevel(level);
    int[] onLevel = new int[iterator.size()];
    iterator.consume(onLevel);
    for (int i = 0; i < onLevel.length; i++) {
      onLevel[i] = order.node(onLevel[i]);
    }
    Arrays.sort(onLevel);
    return onLevel;
  }

  /** Stands before the links of the first field, for {@link #writeMeta}. */
  public static ImageReader.Cursor links(ImageReader image) throws IOException {
    return image.cursor(Links.LINKS_DATABASE);
  }

  /**
   * Writes what {@link GraphGeometry#read} reads.
   *
   * @param image is complete
   * @param links stands behind the links of the fields before
   */
  public void writeMeta(
      IndexOutput meta, ImageReader image, ImageReader.Cursor links, Workers workers)
      throws IOException {
    meta.writeInt(levelSizes.length);
    meta.writeInt(Math.max(maxConn, (maxDegree + 1) / 2)); // searchers make room for 2 * M
    meta.writeInt(maxDegree);
    meta.writeInt(entryNode);
    meta.writeLong(linksBytes);
    int records = levelSizes[0];
    for (int level = 1; level < levelSizes.length; level++) {
      meta.writeInt(levelSizes[level]);
      records = Math.addExact(records, levelSizes[level]);
    }
    PackedTable.Writer addresses = new PackedTable.Writer(meta, records, image.usedLength() >>> 1);
    for (int i = 0; i < records; i++) {
      if (i % CHECK_INTERVAL == 0) {
        workers.check();
      }
      if (links.next() == false || Links.fieldOf(links.key()) != field) {
        throw new IllegalStateException(
            "field " + field + " should have " + records + " links in the image, has " + i);
      }
      // LMDB keeps the nodes of a page, and with them values behind an even key, at even addresses
      addresses.add(links.value().address() >>> 1);
    }
    addresses.finish();
  }
}

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
 * Writes the graph of one field: its {@linkplain #writeImage neighbor lists} into the image and,
 * when the image is complete, {@linkplain #writeMeta their addresses} into the metadata.
 */
public final class GraphWriter {

  private static final int CHECK_INTERVAL = 256;

  private final int field;
  private final int maxConn;
  private final int entryNode;
  private final int[] levelSizes;
  private int maxDegree;
  private long linksBytes;

  private GraphWriter(int field, HnswGraph graph, int maxConn, NodeOrdinals ordinals)
      throws IOException {
    this.field = field;
    this.maxConn = maxConn;
    this.entryNode = ordinals.node(graph.entryNode());
    this.levelSizes = new int[graph.numLevels()];
  }

  /**
   * Puts a graph into the image.
   *
   * @param field the field's number in the image, which must be larger than those of fields whose
   *     graphs are in the image already
   * @param graph a graph whose nodes are ordinals, and whose level 0 has all of them
   * @param maxConn M
   * @param ordinals maps the nodes of the image to the nodes of {@code graph}; used by this call
   *     only
   */
  public static GraphWriter writeImage(
      ImageWriter image,
      int field,
      HnswGraph graph,
      int maxConn,
      NodeOrdinals ordinals,
      Workers workers)
      throws IOException {
    GraphWriter writer = new GraphWriter(field, graph, maxConn, ordinals);
    for (int level = 0; level < writer.levelSizes.length; level++) {
      writer.writeLevel(image, graph, ordinals, level, workers);
    }
    return writer;
  }

  private void writeLevel(
      ImageWriter image, HnswGraph graph, NodeOrdinals ordinals, int level, Workers workers)
      throws IOException {
    int[] onLevel =
        level == 0 ? null : nodesOnLevel(graph, ordinals, level); // level 0 has all nodes
    int size = level == 0 ? graph.size() : onLevel.length;
    levelSizes[level] = size;
    int[] neighbors = new int[2 * maxConn];
    for (int i = 0; i < size; i++) {
      if (i % CHECK_INTERVAL == 0) {
        workers.check();
      }
      int node = level == 0 ? i : onLevel[i];
      graph.seek(level, ordinals.ordinal(node));
      int degree = 0;
      for (int n = graph.nextNeighbor(); n != NO_MORE_DOCS; n = graph.nextNeighbor()) {
        neighbors = ArrayUtil.grow(neighbors, degree + 1);
        neighbors[degree++] = ordinals.node(n);
      }
      Arrays.sort(neighbors, 0, degree);
      RoaringBitmap links = new RoaringBitmap();
      links.addN(neighbors, 0, degree); // drops duplicates, which graphs merged by Lucene may have
      maxDegree = Math.max(maxDegree, links.getCardinality());
      byte[] key = GraphRecords.bytes(GraphRecords.linksKey(field, level, node));
      int bytes = links.serializedSizeInBytes();
      linksBytes += GraphRecords.RECORD_OVERHEAD_BYTES + bytes;
      links.serialize(image.put(GraphRecords.LINKS_DATABASE, key, bytes, true));
    }
    if (level > 0) {
      RoaringBitmap bitmap = new RoaringBitmap();
      bitmap.addN(onLevel, 0, onLevel.length);
      byte[] key = GraphRecords.levelKey(field, level);
      bitmap.serialize(
          image.put(GraphRecords.LEVELS_DATABASE, key, bitmap.serializedSizeInBytes(), true));
    }
  }

  /** Returns the nodes of a level, ascending. */
  private static int[] nodesOnLevel(HnswGraph graph, NodeOrdinals ordinals, int level)
      throws IOException {
    NodesIterator iterator = graph.getNodesOnLevel(level);
    int[] onLevel = new int[iterator.size()];
    iterator.consume(onLevel);
    for (int i = 0; i < onLevel.length; i++) {
      onLevel[i] = ordinals.node(onLevel[i]);
    }
    Arrays.sort(onLevel);
    return onLevel;
  }

  /** Returns a cursor before the first neighbor list of all fields, for {@link #writeMeta}. */
  public static ImageReader.Cursor links(ImageReader image) throws IOException {
    return image.cursor(GraphRecords.LINKS_DATABASE);
  }

  /**
   * Writes the metadata that {@link GraphGeometry#read} reads.
   *
   * @param image the complete image
   * @param links a cursor positioned after the neighbor lists of the previous field
   */
  public void writeMeta(
      IndexOutput meta, ImageReader image, ImageReader.Cursor links, Workers workers)
      throws IOException {
    meta.writeInt(levelSizes.length);
    meta.writeInt(
        Math.max(maxConn, (maxDegree + 1) / 2)); // Lucene's searchers read at most 2 * M neighbors
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
      if (links.next() == false || GraphRecords.fieldOf(links.key()) != field) {
        throw new IllegalStateException(
            "field " + field + " should have " + records + " links in the image, has " + i);
      }
      // addresses are even: LMDB aligns records to 2 bytes, and keys have an even length
      addresses.add(links.value().address() >>> 1);
    }
    addresses.finish();
  }
}

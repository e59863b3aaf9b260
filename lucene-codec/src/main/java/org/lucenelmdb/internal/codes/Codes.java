/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.LongValues;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.kernels.Kernels;
import org.lucenelmdb.internal.store.PackedTable;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The codes of a field in a segment: their metadata, and the location of their records in the
 * image.
 *
 * @param blocks the addresses of the records, by node
 * @param nodes the table of the node of each ordinal
 */
public record Codes(
    CodeModel model, Oversampling oversampling, VectorBlocks blocks, PackedTable nodes) {

  /**
   * The share of the model's rerank depth with which an adaptive search begins. Most queries need
   * more candidates, but a search can add them later.
   */
  private static final double INITIAL_PART = 0.6;

  private static final double MIN_INITIAL_OVERSAMPLING = 1.3;
  private static final double MAX_INITIAL_OVERSAMPLING = 4;

  /** The version of the file format whose models have no errors and no centroids. */
  private static final int VERSION_INTERVALS = 1;

  /** Writes that a field has no codes: [int8] 0. */
  public static void writeNone(IndexOutput meta) throws IOException {
    meta.writeByte((byte) 0);
  }

  /**
   * Reads the metadata that {@link CodesWriter#writeMeta} wrote.
   *
   * @param version the version of the file format, at least 1
   * @return null if the field has no codes
   */
  public static Codes read(
      IndexInput meta, int size, int dimension, VectorMetric metric, long imageLength, int version)
      throws IOException {
    int bits = meta.readByte();
    if (bits == 0) {
      return null;
    }
    if (CodeLayout.isValid(bits) == false || CodeModel.canQuantize(metric) == false) {
      throw new CorruptIndexException(
          "codes should have 1, 2, 4 or 8 bits, and none with HAMMING; found " + bits, meta);
    }
    Oversampling oversampling = Oversampling.read(meta, version > VERSION_INTERVALS);
    CodeModel model;
    if (version > VERSION_INTERVALS) {
      model = CodeModel.read(meta, dimension, bits, metric);
    } else {
      model = readVersion1(meta, dimension, bits, metric);
      oversampling = Oversampling.ADAPTIVE; // version 1 stored its default like a chosen value
    }
    VectorBlocks blocks =
        VectorBlocks.read(
            meta, size, model.layout().recordBytes(), imageLength, Kernels.BIT_PLANE_SLACK_BYTES);
    PackedTable nodes = PackedTable.read(meta, size);
    return new Codes(model, oversampling, blocks, nodes);
  }

  private static CodeModel readVersion1(
      IndexInput meta, int dimension, int bits, VectorMetric metric) throws IOException {
    float[] mean = CodeModel.readFloats(meta, dimension, "centroid");
    if (metric == VectorMetric.MANHATTAN) {
      float[] deviations = CodeModel.readFloats(meta, dimension, "deviation from the centroid");
      CodeLayout layout = new CodeLayout(dimension, bits, CodeLayout.Kind.LEVELS);
      return CodeModel.ofLevels(layout, mean, deviations);
    }
    return CodeModel.ofIntervals(
        new CodeLayout(dimension, bits, CodeLayout.Kind.INTERVALS), metric, mean);
  }

  /**
   * Creates a scorer for one thread.
   *
   * @param image a slice of the file that is exactly the image
   */
  public SegmentCodeScorer scorer(IndexInput image) throws IOException {
    return SegmentCodeScorer.open(this, image);
  }

  /**
   * Opens the mapping like {@link #order}, and checks that nodes and ordinals map one to one.
   *
   * @param image a slice of the file that is exactly the image
   * @param meta the metadata file
   */
  public NodeOrdinals checkedOrder(IndexInput image, IndexInput meta) throws IOException {
    NodeOrdinals order = order(image, meta);
    for (int node = 0; node < nodes.size(); node++) {
      int ord = order.ordinal(node);
      if (order.node(ord) != node) {
        throw new CorruptIndexException(
            "the node of ordinal " + ord + " should be " + node + "; found " + order.node(ord),
            meta);
      }
    }
    return order;
  }

  /**
   * Opens the mapping of nodes and ordinals, for one thread. If the file is corrupt, several nodes
   * may have the same ordinal.
   *
   * @param image a slice of the file that is exactly the image
   * @param meta the metadata file
   */
  public NodeOrdinals order(IndexInput image, IndexInput meta) throws IOException {
    SegmentCodeScorer codes = scorer(image);
    LongValues nodesOfOrds = nodes.open(meta);
    return new NodeOrdinals() {
      @Override
      public int ordinal(int node) throws IOException {
        return codes.ordinal(node);
      }

      @Override
      public int node(int ordinal) throws CorruptIndexException {
        long node = nodesOfOrds.get(ordinal);
        if (node >= nodes.size()) {
          throw new CorruptIndexException(
              "the node of ordinal "
                  + ordinal
                  + " should be below "
                  + nodes.size()
                  + "; found "
                  + node,
              meta);
        }
        return (int) node;
      }
    };
  }

  /** The number of candidates per requested result with which an adaptive search begins. */
  public double initialOversampling() {
    double factor = INITIAL_PART * model.rerankDepth() / 10;
    return Math.max(MIN_INITIAL_OVERSAMPLING, Math.min(MAX_INITIAL_OVERSAMPLING, factor));
  }

  /** The number of bytes in the files. */
  public long byteSize() {
    return blocks.byteSize() + nodes.byteSize();
  }

  /** The number of bytes on the heap. */
  public long ramBytesUsed() {
    return model.ramBytesUsed() + blocks.ramBytesUsed();
  }
}

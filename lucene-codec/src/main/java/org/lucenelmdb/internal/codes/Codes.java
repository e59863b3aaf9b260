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
import org.lucenelmdb.internal.graph.ImageHnswGraph;
import org.lucenelmdb.internal.kernels.Kernels;
import org.lucenelmdb.internal.store.PackedTable;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * The codes of a field: what the metadata file says of them.
 *
 * @param oversampling how many candidates are reranked for each vector that is asked for; {@link
 *     #ADAPTIVE} to rerank as many as the errors of codes require
 * @param blocks where the records are, by node
 * @param nodes the node of each ordinal
 */
public record Codes(CodeModel model, float oversampling, VectorBlocks blocks, PackedTable nodes) {

  /** Instead of an oversampling. */
  public static final float ADAPTIVE = 0;

  /** A search begins with fewer candidates than most need: more are added for the others. */
  private static final double FIRST_PART = 0.6;

  private static final double MIN_FIRST_FACTOR = 1.3;
  private static final double MAX_FIRST_FACTOR = 4;

  /** The version of the file format that has no errors, nor centroids. */
  private static final int VERSION_INTERVALS = 1;

  /** The largest oversampling. */
  public static final float MAX_OVERSAMPLING = 1000;

  /** Whether there can be such an oversampling. */
  public static boolean isOversampling(float value) {
    return value >= 1 && value <= MAX_OVERSAMPLING;
  }

  /** Writes that there are none: [int8] 0. */
  public static void writeNone(IndexOutput meta) throws IOException {
    meta.writeByte((byte) 0);
  }

  /**
   * Reads what {@link CodesWriter#writeMeta} wrote.
   *
   * @param version of the file format, from 1 on
   * @return null if there are no codes
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
    float oversampling = Float.intBitsToFloat(meta.readInt());
    boolean isAdaptive = version > VERSION_INTERVALS && oversampling == ADAPTIVE;
    if (isAdaptive == false && isOversampling(oversampling) == false) {
      throw new CorruptIndexException(
          "oversampling should be from 1 to " + MAX_OVERSAMPLING + "; found " + oversampling, meta);
    }
    CodeModel model;
    if (version > VERSION_INTERVALS) {
      model = CodeModel.read(meta, dimension, bits, metric);
    } else {
      model = readVersion1(meta, dimension, bits, metric);
      oversampling = ADAPTIVE; // that version recorded its default as if it had been asked for
    }
    VectorBlocks blocks =
        VectorBlocks.read(
            meta, size, model.layout().recordBytes(), imageLength, Kernels.PLANE_SLACK_BYTES);
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
   * Opens codes for one thread.
   *
   * @param image the image as a slice of its file
   */
  public SegmentCodeScorer open(IndexInput image) throws IOException {
    return new SegmentCodeScorer(this, image);
  }

  /**
   * As {@link #order}, but checked for all nodes: for somebody who relies on no ordinal being that
   * of several nodes.
   *
   * @param image the image as a slice of its file
   * @param meta the metadata file
   */
  public ImageHnswGraph.Order checkedOrder(IndexInput image, IndexInput meta) throws IOException {
    ImageHnswGraph.Order order = order(image, meta);
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
   * Which nodes are which ordinals, for one thread; an ordinal may be that of several nodes if the
   * file is damaged.
   *
   * @param image the image as a slice of its file
   * @param meta the metadata file
   */
  public ImageHnswGraph.Order order(IndexInput image, IndexInput meta) throws IOException {
    SegmentCodeScorer input = open(image);
    LongValues nodesOfOrds = nodes.open(meta);
    return new ImageHnswGraph.Order() {
      @Override
      public int ordinal(int node) throws IOException {
        return input.ordinal(node);
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

  /** How many candidates an adaptive search begins with for each vector that is asked for. */
  public double firstFactor() {
    double factor = FIRST_PART * model.depth() / 10;
    return Math.max(MIN_FIRST_FACTOR, Math.min(MAX_FIRST_FACTOR, factor));
  }

  /** The bytes of the files that they take. */
  public long byteSize() {
    return blocks.byteSize() + nodes.byteSize();
  }

  /** The heap that they take. */
  public long ramBytesUsed() {
    return model.ramBytesUsed() + blocks.ramBytesUsed();
  }
}

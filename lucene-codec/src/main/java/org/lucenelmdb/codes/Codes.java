/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.LongValues;
import org.apache.lucene.util.RamUsageEstimator;
import org.lucenelmdb.graph.ImageHnswGraph;
import org.lucenelmdb.kernels.Kernels;
import org.lucenelmdb.store.PackedTable;
import org.lucenelmdb.vectors.VectorBlocks;
import org.lucenelmdb.vectors.VectorMetric;

/**
 * The codes of a field: what the metadata file says of them.
 *
 * @param oversampling how many candidates a search finds by codes for each vector that is asked for
 * @param centroid that vectors are compared with, before they are quantized
 * @param deviations of their components from it, with MANHATTAN; else null
 * @param blocks where the records are, by node
 * @param nodes the node of each ordinal
 */
public record Codes(
    CodeLayout layout,
    VectorMetric metric,
    float oversampling,
    float[] centroid,
    float[] deviations,
    VectorBlocks blocks,
    PackedTable nodes) {

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
   * @return null if there are no codes
   */
  public static Codes read(
      IndexInput meta, int size, int dimension, VectorMetric metric, long imageLength)
      throws IOException {
    int bits = meta.readByte();
    if (bits == 0) {
      return null;
    }
    if (CodeLayout.isValid(bits) == false || CodeQuantizer.canQuantize(metric) == false) {
      throw new CorruptIndexException(
          "codes should have 1, 2, 4 or 8 bits, and none with HAMMING; found " + bits, meta);
    }
    float oversampling = Float.intBitsToFloat(meta.readInt());
    if (isOversampling(oversampling) == false) {
      throw new CorruptIndexException(
          "oversampling should be from 1 to " + MAX_OVERSAMPLING + "; found " + oversampling, meta);
    }
    CodeLayout layout = new CodeLayout(dimension, bits, metric == VectorMetric.MANHATTAN);
    float[] centroid = readFinite(meta, dimension, "centroid");
    float[] deviations =
        layout.isManhattan() ? readFinite(meta, dimension, "deviation from the centroid") : null;
    VectorBlocks blocks =
        VectorBlocks.read(meta, size, layout.recordBytes(), imageLength, Kernels.PLANE_SLACK_BYTES);
    PackedTable nodes = PackedTable.read(meta, size);
    return new Codes(layout, metric, oversampling, centroid, deviations, blocks, nodes);
  }

  private static float[] readFinite(IndexInput meta, int dimension, String what)
      throws IOException {
    if ((long) dimension * Float.BYTES > meta.length() - meta.getFilePointer()) {
      throw new CorruptIndexException(
          "the " + what + " should follow; found the end of the file", meta);
    }
    float[] values = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      values[i] = Float.intBitsToFloat(meta.readInt());
      if (Float.isFinite(values[i]) == false) {
        throw new CorruptIndexException(
            "the " + what + " should be finite; found " + values[i] + " in dimension " + i, meta);
      }
    }
    return values;
  }

  /**
   * Opens codes for one thread.
   *
   * @param image the image as a slice of its file
   */
  public CodesInput open(IndexInput image) throws IOException {
    return new CodesInput(this, image);
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
    CodesInput input = open(image);
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

  /** The bytes of the files that they take. */
  public long byteSize() {
    return blocks.byteSize() + nodes.byteSize();
  }

  /** The heap that they take. */
  public long ramBytesUsed() {
    return RamUsageEstimator.sizeOf(centroid)
        + (deviations == null ? 0 : RamUsageEstimator.sizeOf(deviations))
        + blocks.ramBytesUsed();
  }
}

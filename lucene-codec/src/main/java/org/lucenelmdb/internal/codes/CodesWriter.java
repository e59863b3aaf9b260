/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.store.PackedTable;
import org.lucenelmdb.internal.store.TemporaryInts;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.internal.vectors.VectorBlocksWriter;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Writes the codes of one field: first {@linkplain #writeImage the records} into the image, then,
 * once the image is complete, {@linkplain #writeMeta their metadata}.
 */
public final class CodesWriter {

  /** The image's database of codes. */
  public static final String DATABASE = "codes";

  private static final int CHECK_INTERVAL = 1024;

  private final CodeModel model;
  private final Oversampling oversampling;
  private final VectorBlocksWriter blocks;

  /**
   * The node of each ordinal. It is in a file, because other fields are built before it is read.
   */
  private final TemporaryInts nodes;

  private CodesWriter(
      BuiltCodes codes, Oversampling oversampling, VectorBlocksWriter blocks, TemporaryInts nodes) {
    this.nodes = nodes;
    this.model = codes.model();
    this.oversampling = oversampling;
    this.blocks = blocks;
  }

  /**
   * Writes the records into the image, in the order of nodes.
   *
   * @param field the field's number in the image
   * @param codes the codes of the field; not used after this call
   * @param order the order of the nodes; not used after this call
   */
  public static CodesWriter writeImage(
      ImageWriter image,
      int field,
      BuiltCodes codes,
      NodeOrdinals order,
      Oversampling oversampling,
      Workers workers)
      throws IOException {
    int recordBytes = codes.model().layout().recordBytes();
    VectorBlocksWriter blocks =
        new VectorBlocksWriter(
            () -> image, DATABASE, field, recordBytes, QuantizedQuery.SLACK_BYTES);
    byte[] record = new byte[recordBytes];
    int checkInterval = Workers.checkInterval(recordBytes);
    for (int node = 0; node < codes.size(); node++) {
      if (node % checkInterval == 0) {
        workers.check();
      }
      codes.read(order.ordinal(node), record);
      blocks.add(record);
    }
    blocks.finish();
    TemporaryInts nodes = image.newInts();
    for (int ord = 0; ord < codes.size(); ord++) {
      if (ord % CHECK_INTERVAL == 0) {
        workers.check();
      }
      nodes.add(order.node(ord));
    }
    nodes.finish();
    return new CodesWriter(codes, oversampling, blocks, nodes);
  }

  /**
   * Writes the metadata that {@link Codes#read} reads: [int8] bits, [float32] oversampling, the
   * {@linkplain CodeModel#write model}, the blocks, and a table of the node of each ordinal.
   *
   * @param image the complete image
   */
  public void writeMeta(IndexOutput meta, ImageReader image, Workers workers) throws IOException {
    meta.writeByte((byte) model.layout().bits());
    oversampling.write(meta);
    model.write(meta);
    VectorBlocks located = blocks.blocks();
    located.write(meta);
    int size = located.size();
    PackedTable.Writer table = new PackedTable.Writer(meta, size, size - 1);
    try (IndexInput in = nodes.open()) {
      for (int ord = 0; ord < size; ord++) {
        if (ord % CHECK_INTERVAL == 0) {
          workers.check();
        }
        table.add(in.readInt());
      }
    }
    table.finish();
  }
}

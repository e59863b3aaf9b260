/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.codes;

import java.io.IOException;
import org.apache.lucene.store.IndexOutput;
import org.lucenelmdb.graph.NodeOrder;
import org.lucenelmdb.resources.BuildMemory;
import org.lucenelmdb.resources.MemoryBudget;
import org.lucenelmdb.resources.OffHeapInts;
import org.lucenelmdb.resources.Workers;
import org.lucenelmdb.store.ImageReader;
import org.lucenelmdb.store.ImageWriter;
import org.lucenelmdb.store.PackedTable;
import org.lucenelmdb.vectors.VectorBlocks;
import org.lucenelmdb.vectors.VectorBlocksWriter;

/**
 * Writes the codes of one field: first {@linkplain #writeImage the codes} into the image, and when
 * that is complete, {@linkplain #writeMeta where they are}.
 */
public final class CodesWriter {

  /** The image's database of codes. */
  public static final String DATABASE = "codes";

  private static final int CHECK_INTERVAL = 1024;

  private final CodeModel model;
  private final float oversampling;
  private final VectorBlocksWriter blocks;

  private CodesWriter(BuiltCodes codes, float oversampling, VectorBlocksWriter blocks) {
    this.model = codes.model();
    this.oversampling = oversampling;
    this.blocks = blocks;
  }

  /**
   * Puts codes into the image.
   *
   * @param field the field's number in the image
   * @param codes of the field; used by this call only
   * @param order codes lie in the order of nodes; used by this call only
   * @param oversampling or {@link Codes#ADAPTIVE}
   */
  public static CodesWriter writeImage(
      ImageWriter image,
      int field,
      BuiltCodes codes,
      NodeOrder order,
      float oversampling,
      Workers workers)
      throws IOException {
    int recordBytes = codes.model().layout().recordBytes();
    VectorBlocksWriter blocks =
        new VectorBlocksWriter(() -> image, DATABASE, field, recordBytes, CodeQuery.SLACK_BYTES);
    byte[] record = new byte[recordBytes];
    int checkInterval = Workers.checkInterval(recordBytes);
    for (int node = 0; node < order.size(); node++) {
      if (node % checkInterval == 0) {
        workers.check();
      }
      codes.read(order.ordinal(node), record);
      blocks.add(record);
    }
    blocks.finish();
    return new CodesWriter(codes, oversampling, blocks);
  }

  /**
   * Writes what {@link Codes#read} reads: [int8] bits, [float32] oversampling, the {@linkplain
   * CodeModel#write model}, the blocks, a table of the node of each ordinal.
   *
   * @param image is complete
   * @param budget of which some is taken meanwhile, so the caller must have none
   */
  public void writeMeta(IndexOutput meta, ImageReader image, MemoryBudget budget, Workers workers)
      throws IOException {
    meta.writeByte((byte) model.layout().bits());
    meta.writeInt(Float.floatToIntBits(oversampling));
    model.write(meta);
    VectorBlocks located = blocks.locate(image);
    located.write(meta);
    try (BuildMemory memory = budget.take(BuildMemory.costOfInts(located.size()), workers::check)) {
      OffHeapInts nodes = nodes(image, located, memory, workers);
      PackedTable.Writer table = new PackedTable.Writer(meta, nodes.size(), nodes.size() - 1);
      for (int ord = 0; ord < nodes.size(); ord++) {
        if (ord % CHECK_INTERVAL == 0) {
          workers.check();
        }
        table.add(nodes.get(ord));
      }
      table.finish();
    }
  }

  /**
   * The node of each ordinal, as the records tell: keeping the order until now would take memory
   * for as long as other fields are built.
   */
  private static OffHeapInts nodes(
      ImageReader image, VectorBlocks records, BuildMemory memory, Workers workers)
      throws IOException {
    OffHeapInts nodes = memory.ints(records.size());
    for (int node = 0; node < records.size(); node++) {
      if (node % CHECK_INTERVAL == 0) {
        workers.check();
      }
      ImageReader.Value record =
          new ImageReader.Value(records.address(node), records.vectorBytes());
      nodes.set(image.readInt(record, CodeLayout.ORDINAL), node);
    }
    return nodes;
  }
}

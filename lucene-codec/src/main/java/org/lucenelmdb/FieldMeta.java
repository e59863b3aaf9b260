/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.lucenelmdb.internal.calibration.Calibrator;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.store.ImageReader;
import org.lucenelmdb.internal.vectors.DocsWithVectors;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The metadata of a field. {@link LmdbHnswVectorsFormat} specifies its bytes.
 *
 * @param graph null if there is none
 * @param codes null if there are none
 * @param filterStrategy the strategy in the field's attributes
 * @param targetRecall the recall that searches reach, or {@link #DEFAULT_TARGET}
 * @param measured the recall curve; null if it was not measured
 */
record FieldMeta(
    FieldInfo info,
    VectorMetric metric,
    VectorBlocks blocks,
    DocsWithVectors docs,
    GraphGeometry graph,
    Codes codes,
    LmdbHnswFilterStrategy filterStrategy,
    float targetRecall,
    RecallCurve measured) {

  /** The stored value of a field without a target recall. */
  static final float DEFAULT_TARGET = 0;

  /** Follows the last field, in place of a field number. */
  static final int NO_MORE_FIELDS = -1;

  /**
   * Writes a field.
   *
   * @param image the complete image
   * @param links a cursor behind the links of the previous fields
   */
  static void write(
      IndexOutput meta,
      FieldWriter field,
      int maxDoc,
      ImageReader image,
      ImageReader.Cursor links,
      Workers workers)
      throws IOException {
    FieldInfo info = field.info();
    meta.writeInt(info.number);
    meta.writeByte(encodingNumber(info.getVectorEncoding()));
    meta.writeByte(field.metric().number());
    meta.writeInt(info.getVectorDimension());
    VectorBlocks blocks = field.blocks();
    meta.writeInt(blocks.size());
    blocks.write(meta);
    DocsWithVectors.write(meta, field.docs(), maxDoc);
    if (field.graph() == null) {
      meta.writeInt(0);
    } else {
      field.graph().writeMeta(meta, image, links, workers);
    }
    if (field.codes() == null) {
      Codes.writeNone(meta);
    } else {
      field.codes().writeMeta(meta, image, workers);
    }
  }

  /**
   * Reads a field.
   *
   * @param meta the metadata file, positioned at the field
   * @param file the same file; it stays open and is read by searches
   * @param number the position of the field in the list, which is its number in the image
   * @return null at the end of the list
   * @throws CorruptIndexException if the metadata contradicts the field infos or itself
   */
  static FieldMeta read(
      IndexInput meta,
      IndexInput file,
      ImageReader image,
      int number,
      FieldInfos infos,
      int maxDoc,
      int version)
      throws IOException {
    int fieldNumber = meta.readInt();
    if (fieldNumber == NO_MORE_FIELDS) {
      return null;
    }
    FieldInfo info = fieldNumber < 0 ? null : infos.fieldInfo(fieldNumber);
    if (info == null || info.hasVectorValues() == false) {
      throw new CorruptIndexException(
          "field number "
              + fieldNumber
              + " should be a field with vectors; found "
              + (info == null ? "no such field" : info.name),
          meta);
    }
    byte encoding = meta.readByte();
    byte similarity = meta.readByte();
    VectorMetric metric = VectorMetric.of(similarity);
    int dimension = meta.readInt();
    if (encoding != encodingNumber(info.getVectorEncoding())
        || metric == null
        || metric.isOf(info) == false
        || dimension != info.getVectorDimension()) {
      throw new CorruptIndexException(
          "field \""
              + info.name
              + "\" should have encoding "
              + encodingNumber(info.getVectorEncoding())
              + ", similarity "
              + similarityText(info)
              + ", dimension "
              + info.getVectorDimension()
              + "; found "
              + encoding
              + ", "
              + similarity
              + ", "
              + dimension,
          meta);
    }
    int size = meta.readInt();
    if (size < 0 || size > maxDoc) {
      throw new CorruptIndexException(
          "field \"" + info.name + "\" should have 0 to " + maxDoc + " vectors; found " + size,
          meta);
    }
    VectorBlocks blocks = VectorBlocks.read(meta, size, vectorBytes(info), image.usedLength(), 0);
    DocsWithVectors docs = DocsWithVectors.read(meta, file, size, maxDoc);
    GraphGeometry graph = GraphGeometry.read(meta, image, number, size);
    Codes codes =
        version < LmdbHnswVectorsFormat.VERSION_CODES
            ? null
            : Codes.read(meta, size, dimension, metric, image.usedLength(), version);
    if (codes != null && graph == null) {
      throw new CorruptIndexException(
          "field \"" + info.name + "\" should have codes if it has a graph; found only codes",
          meta);
    }
    return new FieldMeta(
        info,
        metric,
        blocks,
        docs,
        graph,
        codes,
        LmdbHnswFilterStrategy.of(info),
        DEFAULT_TARGET,
        null);
  }

  /** Writes the part of a field's metadata that follows the list of fields. */
  static void writeRecall(IndexOutput meta, float targetRecall, RecallCurve measured)
      throws IOException {
    meta.writeInt(Float.floatToIntBits(targetRecall));
    RecallCurve.write(meta, measured);
  }

  /** Reads the metadata that {@link #writeRecall} wrote, and returns the field completed by it. */
  FieldMeta withRecall(IndexInput meta) throws IOException {
    float target = Float.intBitsToFloat(meta.readInt());
    if (target != DEFAULT_TARGET && LmdbHnswOptions.isTargetRecall(target) == false) {
      throw new CorruptIndexException(
          "target recall should be 0, or from "
              + LmdbHnswOptions.MIN_TARGET_RECALL
              + " to "
              + LmdbHnswOptions.MAX_TARGET_RECALL
              + "; found "
              + target,
          meta);
    }
    RecallCurve curve = RecallCurve.read(meta);
    return new FieldMeta(info, metric, blocks, docs, graph, codes, filterStrategy, target, curve);
  }

  /**
   * Returns the parts of the field.
   *
   * @param number the position of the field in the list, which is its number in the image
   */
  FieldInspection inspection(int number) {
    return new FieldInspection(
        info, number, metric, blocks, docs, graph, codes, targetRecall, measured);
  }

  /** The measured recall curve, or an assumed one. */
  RecallCurve recallCurve() {
    if (measured != null) {
      return measured;
    }
    if (blocks.size() < Calibrator.MIN_VECTORS) {
      return RecallCurve.FEW_VECTORS;
    }
    return codes == null ? RecallCurve.USUAL : RecallCurve.USUAL_ON_CODES;
  }

  /** The heap that the field uses while its segment is open, in bytes. */
  long ramBytesUsed() {
    return blocks.ramBytesUsed()
        + docs.ramBytesUsed()
        + (graph == null ? 0 : graph.ramBytesUsed())
        + (codes == null ? 0 : codes.ramBytesUsed());
  }

  /** The length of a vector in bytes. */
  static int vectorBytes(FieldInfo info) {
    return info.getVectorDimension() * info.getVectorEncoding().byteSize;
  }

  private static byte encodingNumber(VectorEncoding encoding) {
    return switch (encoding) {
      case BYTE -> 0;
      case FLOAT32 -> 1;
    };
  }

  private static String similarityText(FieldInfo info) {
    String attribute = info.getAttribute(VectorMetric.ATTRIBUTE);
    return attribute == null
        ? "" + VectorMetric.of(info.getVectorSimilarityFunction()).number()
        : "that is " + attribute;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.image;

import java.util.List;
import java.util.Locale;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;

/**
 * What a program must know to read an image, and that the metadata file has instead of the image.
 *
 * @param segment the name of the segment
 * @param formatVersion the version of the file format
 * @param maxDoc the number of documents, deleted or not
 * @param pageSize the size of the image's pages, in bytes
 * @param fields the fields
 */
record ImageDescription(
    String segment, int formatVersion, int maxDoc, int pageSize, List<Field> fields) {

  /**
   * A field.
   *
   * @param name the name in Lucene
   * @param number the number in keys
   * @param metric the metric, in lower case
   * @param encoding {@code float32} or {@code byte}
   * @param dimension the number of components
   * @param vectors the number of vectors
   * @param graph null if there is none
   * @param codes null if there are none; then nodes are ordinals
   */
  record Field(
      String name,
      int number,
      String metric,
      String encoding,
      int dimension,
      int vectors,
      Graph graph,
      Codes codes) {}

  /**
   * A graph.
   *
   * @param levels the number of levels
   * @param maxConn M
   * @param entryNode the node from which searches descend
   */
  record Graph(int levels, int maxConn, int entryNode) {}

  /**
   * Codes.
   *
   * @param bits the bits per dimension
   * @param recordBytes the length of the record of a node, which begins with its ordinal
   */
  record Codes(int bits, int recordBytes) {}

  static ImageDescription of(String segment, SegmentInspection image, int maxDoc) {
    return new ImageDescription(
        segment,
        image.version(),
        maxDoc,
        image.pageSize(),
        image.fields().stream().map(ImageDescription::field).toList());
  }

  private static Field field(FieldInspection field) {
    return new Field(
        field.info().name,
        field.number(),
        field.metric().name().toLowerCase(Locale.ROOT),
        field.info().getVectorEncoding().name().toLowerCase(Locale.ROOT),
        field.info().getVectorDimension(),
        field.blocks().size(),
        field.graph() == null
            ? null
            : new Graph(field.graph().levels(), field.graph().maxConn(), field.graph().entryNode()),
        field.codes() == null
            ? null
            : new Codes(
                field.codes().model().layout().bits(),
                field.codes().model().layout().recordBytes()));
  }
}

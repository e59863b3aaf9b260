/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.index;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.SegmentReader;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;

/**
 * A field of this format in an open segment.
 *
 * @param leaf the segment
 * @param vectors the reader of the field's vectors
 * @param segment the parts of the segment
 * @param field the parts of the field
 */
public record SegmentField(
    LeafReaderContext leaf,
    KnnVectorsReader vectors,
    SegmentInspection segment,
    FieldInspection field) {

  /**
   * Returns the fields of this format in a segment.
   *
   * @param name null for all
   */
  static List<SegmentField> of(LeafReaderContext leaf, String name) {
    List<SegmentField> fields = new ArrayList<>();
    if (leaf.reader() instanceof SegmentReader reader) {
      for (FieldInfo info : reader.getFieldInfos()) {
        if (info.hasVectorValues() && (name == null || info.name.equals(name))) {
          KnnVectorsReader vectors = ofField(reader.getVectorReader(), info.name);
          if (vectors instanceof SegmentInspection segment) {
            segment.fields().stream()
                .filter(field -> field.info().name.equals(info.name))
                .forEach(field -> fields.add(new SegmentField(leaf, vectors, segment, field)));
          }
        }
      }
    }
    return fields;
  }

  private static KnnVectorsReader ofField(KnnVectorsReader reader, String name) {
    return reader instanceof PerFieldKnnVectorsFormat.FieldsReader fields
        ? fields.getFieldReader(name)
        : reader;
  }

  /** The reader of the segment. */
  public LeafReader reader() {
    return leaf.reader();
  }

  /** The name of the segment. */
  public String segmentName() {
    return ((SegmentReader) leaf.reader()).getSegmentName();
  }

  /** The name of the field. */
  public String name() {
    return field.info().name;
  }
}

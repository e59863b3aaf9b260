/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.index;

import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.LeafReaderContext;

/** The fields with vectors of an index, whatever their format. */
final class VectorFields {

  private VectorFields() {}

  /** Returns a list for messages: each field with its format. */
  static String describe(DirectoryReader reader) {
    Set<String> fields = new TreeSet<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      for (FieldInfo info : leaf.reader().getFieldInfos()) {
        if (info.hasVectorValues()) {
          String format = info.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY);
          fields.add(
              info.name + " (" + (format == null ? "the format of the codec" : format) + ")");
        }
      }
    }
    return fields.isEmpty() ? "no field with vectors" : String.join(", ", fields);
  }
}

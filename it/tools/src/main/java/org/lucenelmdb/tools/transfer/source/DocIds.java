/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.source;

import java.io.IOException;
import java.util.Set;
import org.apache.lucene.index.BinaryDocValues;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.SortedNumericDocValues;
import org.apache.lucene.index.SortedSetDocValues;
import org.apache.lucene.index.StoredFields;
import org.lucenelmdb.tools.index.IndexException;

/** The ids of documents: Lucene's numbers in the whole index, or the values of a field. */
final class DocIds {

  private final String field; // null for Lucene's numbers

  /**
   * @param field null for Lucene's numbers
   */
  DocIds(String field) {
    this.field = field;
  }

  /** The ids of a segment's documents, which must be asked for in ascending order. */
  interface Segment {

    /** Returns the id of a document of the segment. */
    String get(int doc) throws IOException;
  }

  /** Looks up a value; null if the document has none. */
  private interface Values {
    String get(int doc) throws IOException;
  }

  /** Opens the ids of a segment; for one thread. */
  Segment open(LeafReaderContext leaf) throws IOException {
    if (field == null) {
      return doc -> Integer.toString(leaf.docBase + doc);
    }
    Values values = values(leaf.reader());
    return doc -> {
      String id = values.get(doc);
      if (id == null) {
        throw new IndexException(
            "expected an id in the field "
                + field
                + " of document "
                + (leaf.docBase + doc)
                + ", stored or as doc values; found none");
      }
      return id;
    };
  }

  private Values values(LeafReader reader) throws IOException {
    FieldInfo info = reader.getFieldInfos().fieldInfo(field);
    if (info == null) {
      return doc -> null;
    }
    return switch (info.getDocValuesType()) {
      case NUMERIC -> {
        NumericDocValues values = reader.getNumericDocValues(field);
        yield doc -> values.advanceExact(doc) ? Long.toString(values.longValue()) : null;
      }
      case SORTED_NUMERIC -> {
        SortedNumericDocValues values = reader.getSortedNumericDocValues(field);
        yield doc -> values.advanceExact(doc) ? Long.toString(one(values)) : null;
      }
      case BINARY -> {
        BinaryDocValues values = reader.getBinaryDocValues(field);
        yield doc -> values.advanceExact(doc) ? values.binaryValue().utf8ToString() : null;
      }
      case SORTED -> {
        SortedDocValues values = reader.getSortedDocValues(field);
        yield doc ->
            values.advanceExact(doc) ? values.lookupOrd(values.ordValue()).utf8ToString() : null;
      }
      case SORTED_SET -> {
        SortedSetDocValues values = reader.getSortedSetDocValues(field);
        yield doc -> values.advanceExact(doc) ? values.lookupOrd(one(values)).utf8ToString() : null;
      }
      case NONE -> stored(reader);
    };
  }

  private long one(SortedNumericDocValues values) throws IOException {
    checkOne(values.docValueCount());
    return values.nextValue();
  }

  private long one(SortedSetDocValues values) throws IOException {
    checkOne(values.docValueCount());
    return values.nextOrd();
  }

  private void checkOne(int count) throws IndexException {
    if (count != 1) {
      throw new IndexException(
          "expected one id in the field " + field + " of a document; found " + count);
    }
  }

  private Values stored(LeafReader reader) throws IOException {
    StoredFields documents = reader.storedFields();
    return doc -> {
      IndexableField[] values = documents.document(doc, Set.of(field)).getFields(field);
      if (values.length == 0) {
        return null;
      }
      checkOne(values.length);
      if (values[0].numericValue() != null) {
        return values[0].numericValue().toString();
      }
      return values[0].binaryValue() == null
          ? values[0].stringValue()
          : values[0].binaryValue().utf8ToString();
    };
  }
}

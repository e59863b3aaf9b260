/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.FloatPoint;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.lucenelmdb.tools.index.IndexException;

/**
 * Parses {@code field:value} and {@code field:[low TO high]}.
 *
 * <p>A field with terms is searched for the term as it is, and a numeric field for the number. The
 * index does not tell integers from floating-point numbers: numbers with a point or an exponent are
 * floating-point numbers.
 */
final class FieldValue {

  private static final Pattern RANGE = Pattern.compile("\\[\\s*(\\S+)\\s+TO\\s+(\\S+)\\s*\\]");

  private FieldValue() {}

  /**
   * Returns a query for the documents with a value.
   *
   * @throws IllegalArgumentException if the text is not of this form
   * @throws IndexException if the field cannot be searched
   */
  static Query parse(String text, DirectoryReader reader) throws IndexException {
    int colon = text.indexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("expected field:value; found " + text);
    }
    String name = text.substring(0, colon);
    String value = text.substring(colon + 1);
    FieldInfo info = FieldInfos.getMergedFieldInfos(reader).fieldInfo(name);
    if (info == null) {
      throw new IndexException("expected a field of the index; found " + name);
    }
    Matcher range = RANGE.matcher(value);
    if (info.getIndexOptions() != IndexOptions.NONE && range.matches() == false) {
      return new TermQuery(new Term(name, value));
    }
    if (info.getPointDimensionCount() != 1) {
      throw new IndexException(
          "expected a field with terms, or numbers that are indexed as points; found " + name);
    }
    return range.matches()
        ? range(info, range.group(1), range.group(2))
        : range(info, value, value);
  }

  private static Query range(FieldInfo info, String low, String high) throws IndexException {
    boolean isFraction = isFraction(low) || isFraction(high);
    String name = info.name;
    try {
      if (info.getPointNumBytes() == Integer.BYTES) {
        return isFraction
            ? FloatPoint.newRangeQuery(name, Float.parseFloat(low), Float.parseFloat(high))
            : IntPoint.newRangeQuery(name, Integer.parseInt(low), Integer.parseInt(high));
      }
      if (info.getPointNumBytes() == Long.BYTES) {
        return isFraction
            ? DoublePoint.newRangeQuery(name, Double.parseDouble(low), Double.parseDouble(high))
            : LongPoint.newRangeQuery(name, Long.parseLong(low), Long.parseLong(high));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected numbers of " + info.getPointNumBytes() + " bytes; found " + low + ", " + high,
          e);
    }
    throw new IndexException(
        "expected points of 4 or 8 bytes in the field "
            + name
            + "; found "
            + info.getPointNumBytes());
  }

  private static boolean isFraction(String number) {
    return number.chars().anyMatch(c -> c == '.' || c == 'e' || c == 'E');
  }
}

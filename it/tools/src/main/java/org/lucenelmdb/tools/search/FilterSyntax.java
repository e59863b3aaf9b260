/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.FloatPoint;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.SortedNumericDocValuesField;
import org.apache.lucene.document.SortedSetDocValuesField;
import org.apache.lucene.index.DocValuesType;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.PointValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.NumericUtils;
import org.lucenelmdb.tools.index.IndexException;

/**
 * Filters as users write them: {@code field:term}, or {@code field:[a TO b]} with numbers or {@code
 * *}.
 *
 * <p>A point of 4 bytes is an int or a float, one of 8 bytes a long or a double. The index does not
 * tell which. It is a float or a double if a bound has a decimal point or an exponent, or if the
 * smallest and the largest value are plausible as such only: small integers read as floats are tiny
 * fractions, and usual floats read as integers are huge.
 */
public final class FilterSyntax {

  private static final Pattern FILTER = Pattern.compile("([^:]+):(.+)", Pattern.DOTALL);
  private static final Pattern RANGE = Pattern.compile("\\[\\s*(\\S+)\\s+TO\\s+(\\S+)\\s*\\]");
  private static final String OPEN = "*";

  private FilterSyntax() {}

  /** Whether a text has the syntax of a filter. */
  public static boolean isValid(String text) {
    return FILTER.matcher(text).matches();
  }

  /**
   * Returns the query of a filter.
   *
   * @throws IndexException if the index has no such field, or the field no such values
   */
  public static Query parse(String text, IndexReader reader) throws IOException {
    Matcher filter = FILTER.matcher(text);
    if (filter.matches() == false) {
      throw new IndexException("expected a filter field:term or field:[a TO b]; found " + text);
    }
    String name = filter.group(1);
    FieldInfo info = FieldInfos.getMergedFieldInfos(reader).fieldInfo(name);
    if (info == null) {
      throw new IndexException(
          "the filter " + text + ": expected a field of the index; found none");
    }
    Matcher range = RANGE.matcher(filter.group(2));
    try {
      return range.matches()
          ? range(reader, info, range.group(1), range.group(2))
          : term(reader, info, filter.group(2));
    } catch (NumberFormatException e) {
      throw new IndexException("the filter " + text + ": expected numbers; found others", e);
    }
  }

  private static Query term(IndexReader reader, FieldInfo info, String term) throws IOException {
    if (info.getIndexOptions() != IndexOptions.NONE) {
      return new TermQuery(new Term(info.name, term));
    }
    if (info.getPointDimensionCount() == 1) {
      return range(reader, info, term, term);
    }
    return switch (info.getDocValuesType()) {
      case SORTED, SORTED_SET ->
          SortedSetDocValuesField.newSlowExactQuery(info.name, new BytesRef(term));
      case NUMERIC, SORTED_NUMERIC -> range(reader, info, term, term);
      default -> throw notSearchable(info);
    };
  }

  private static Query range(IndexReader reader, FieldInfo info, String from, String to)
      throws IOException {
    boolean hasFraction = isFraction(from) || isFraction(to);
    if (info.getPointDimensionCount() == 1 && info.getPointNumBytes() == Integer.BYTES) {
      return hasFraction || isFloat(reader, info.name)
          ? FloatPoint.newRangeQuery(
              info.name,
              from.equals(OPEN) ? Float.NEGATIVE_INFINITY : Float.parseFloat(from),
              to.equals(OPEN) ? Float.POSITIVE_INFINITY : Float.parseFloat(to))
          : IntPoint.newRangeQuery(
              info.name,
              from.equals(OPEN) ? Integer.MIN_VALUE : Integer.parseInt(from),
              to.equals(OPEN) ? Integer.MAX_VALUE : Integer.parseInt(to));
    }
    if (info.getPointDimensionCount() == 1 && info.getPointNumBytes() == Long.BYTES) {
      return hasFraction || isDouble(reader, info.name)
          ? DoublePoint.newRangeQuery(
              info.name,
              from.equals(OPEN) ? Double.NEGATIVE_INFINITY : Double.parseDouble(from),
              to.equals(OPEN) ? Double.POSITIVE_INFINITY : Double.parseDouble(to))
          : LongPoint.newRangeQuery(info.name, lower(from), upper(to));
    }
    if (info.getDocValuesType() == DocValuesType.NUMERIC
        || info.getDocValuesType() == DocValuesType.SORTED_NUMERIC) {
      return SortedNumericDocValuesField.newSlowRangeQuery(info.name, lower(from), upper(to));
    }
    throw notSearchable(info);
  }

  private static long lower(String from) {
    return from.equals(OPEN) ? Long.MIN_VALUE : Long.parseLong(from);
  }

  private static long upper(String to) {
    return to.equals(OPEN) ? Long.MAX_VALUE : Long.parseLong(to);
  }

  private static boolean isFraction(String bound) {
    return bound.matches(".*[.eE].*");
  }

  private static boolean isFloat(IndexReader reader, String field) throws IOException {
    byte[] min = PointValues.getMinPackedValue(reader, field);
    byte[] max = PointValues.getMaxPackedValue(reader, field);
    return min != null
        && isUsual(NumericUtils.sortableIntToFloat(NumericUtils.sortableBytesToInt(min, 0)))
        && isUsual(NumericUtils.sortableIntToFloat(NumericUtils.sortableBytesToInt(max, 0)));
  }

  private static boolean isDouble(IndexReader reader, String field) throws IOException {
    byte[] min = PointValues.getMinPackedValue(reader, field);
    byte[] max = PointValues.getMaxPackedValue(reader, field);
    return min != null
        && isUsual(NumericUtils.sortableLongToDouble(NumericUtils.sortableBytesToLong(min, 0)))
        && isUsual(NumericUtils.sortableLongToDouble(NumericUtils.sortableBytesToLong(max, 0)));
  }

  /** Zero is not, because it is the same number in both. */
  private static boolean isUsual(double value) {
    double size = Math.abs(value);
    return size > 1e-9 && size < 1e15;
  }

  private static IndexException notSearchable(FieldInfo info) {
    return new IndexException(
        "the filter field "
            + info.name
            + ": expected terms, numeric points of one dimension or doc values; found none of them");
  }
}

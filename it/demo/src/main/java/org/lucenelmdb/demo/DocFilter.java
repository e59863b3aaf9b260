/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.document.KeywordField;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.Query;

/**
 * Restricts the hits.
 *
 * @param kind only this kind, or null for any
 * @param packageName only this package, or null for any
 */
record DocFilter(Kind kind, String packageName) {

  static final DocFilter NONE = new DocFilter(null, null);

  /** The filter as a Lucene query; null for no restriction. */
  Query toQuery() {
    if (equals(NONE)) {
      return null;
    }
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    if (kind != null) {
      query.add(KeywordField.newExactQuery(DocFields.KIND, kind.toString()), Occur.FILTER);
    }
    if (packageName != null) {
      query.add(KeywordField.newExactQuery(DocFields.PACKAGE, packageName), Occur.FILTER);
    }
    return query.build();
  }

  /** The restriction in words, for output after a question; empty for none. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    if (kind != null) {
      parts.add("kind " + kind);
    }
    if (packageName != null) {
      parts.add("package " + packageName);
    }
    return parts.isEmpty() ? "" : "only " + String.join(", ", parts);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import org.lucenelmdb.bench.result.FilterInfo;

/** The fields of a document. */
final class LuceneFields {

  static final String VECTOR = "vector";

  /** The vector's ordinal in the data set, to identify hits. */
  static final String ORDINAL = "ordinal";

  /** The ordinal, indexed, to delete by. */
  static final String KEY = "key";

  /** A term for each filter that accepts the vector. */
  static final String FILTER = "filter";

  private LuceneFields() {}

  /** The term of a filter; filters that differ only in their queries share it. */
  static String term(FilterInfo filter) {
    return filter.attribute() + "=" + filter.value();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import org.apache.lucene.search.Query;
import org.lucenelmdb.LmdbHnswSearchStrategy;

/**
 * A query, and the document that is missed in its result.
 *
 * @param field the field
 * @param query the vector
 * @param k the number of results
 * @param targetRecall null for that of the field
 * @param filterText the filter as it was given; null for none
 * @param filter null for none
 * @param doc the number of the document in the whole index
 */
record Request(
    String field,
    QueryVector query,
    int k,
    Float targetRecall,
    String filterText,
    Query filter,
    int doc) {

  /** The strategy of the query. */
  LmdbHnswSearchStrategy strategy() {
    return targetRecall == null
        ? LmdbHnswSearchStrategy.DEFAULT
        : LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(targetRecall);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.search.Query;
import org.lucenelmdb.LmdbHnswSearchStrategy;

/** Runs searches as an application would, by Lucene's queries. */
public final class Searches {

  private Searches() {}

  /** Searches for the k nearest of a query. */
  public static Answer search(
      SearchedField field, QueryVector query, Query filter, int k, LmdbHnswSearchStrategy strategy)
      throws IOException {
    SearchCost cost = new SearchCost();
    int all = k + query.excluded();
    return Answer.of(
        field
            .searcher()
            .search(query.toQuery(field.name(), all, filter, strategy.withListener(cost)), all)
            .scoreDocs,
        query,
        k,
        cost);
  }

  /** Searches for the k nearest of all queries. */
  public static List<Answer> searchAll(
      String what,
      SearchedField field,
      List<QueryVector> queries,
      SearchFilter filter,
      int k,
      LmdbHnswSearchStrategy strategy,
      Parallel parallel)
      throws IOException {
    return parallel.map(
        what, queries.size(), i -> search(field, queries.get(i), filter.docs(), k, strategy));
  }
}

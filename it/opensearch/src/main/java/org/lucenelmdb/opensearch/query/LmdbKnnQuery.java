/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch.query;

import java.io.IOException;
import java.util.Objects;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Weight;

/**
 * Defers the search of a kNN query from rewriting to the creation of a weight. Lucene's kNN queries
 * search when they are rewritten. OpenSearch also rewrites queries in the fetch phase, and before
 * it looks into the request cache: each would search again.
 */
public final class LmdbKnnQuery extends Query {

  private final Query query;
  private final String field;
  private final SearchReports reports;

  /**
   * @param query searches when it is rewritten
   * @param reports of its searches; not a part of its identity
   */
  LmdbKnnQuery(Query query, String field, SearchReports reports) {
    this.query = query;
    this.field = field;
    this.reports = reports;
  }

  /** What the searches did. */
  public SearchReports reports() {
    return reports;
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost)
      throws IOException {
    Query result = query;
    for (Query next = result.rewrite(searcher); next != result; next = result.rewrite(searcher)) {
      result = next;
    }
    return result.createWeight(searcher, scoreMode, boost);
  }

  @Override
  public void visit(QueryVisitor visitor) {
    if (visitor.acceptField(field)) {
      visitor.visitLeaf(this);
    }
  }

  @Override
  public String toString(String defaultField) {
    return "lmdb_knn(" + query.toString(defaultField) + ")";
  }

  @Override
  public boolean equals(Object other) {
    return sameClassAs(other) && query.equals(((LmdbKnnQuery) other).query);
  }

  @Override
  public int hashCode() {
    return Objects.hash(classHash(), query);
  }
}

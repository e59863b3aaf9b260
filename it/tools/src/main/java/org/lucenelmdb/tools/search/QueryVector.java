/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.search.knn.KnnSearchStrategy;

/**
 * A query.
 *
 * @param number in the file of queries, or in the sample, from 0
 * @param floats the vector; null if it has bytes
 * @param bytes the vector; null if it has floats
 * @param document the document from whose vector the query was made; -1 if the user gave it. The
 *     document is no answer to the query
 * @param neighbor the second document from whose vector the query was made; -1 for none
 */
public record QueryVector(int number, float[] floats, byte[] bytes, int document, int neighbor) {

  /** The number of documents that are no answers to the query. */
  public int excluded() {
    return (document >= 0 ? 1 : 0) + (neighbor >= 0 ? 1 : 0);
  }

  /** Whether a document is no answer to the query. */
  public boolean excludes(int doc) {
    return doc == document || doc == neighbor;
  }

  /** Returns a query of Lucene for the nearest documents. */
  public Query toQuery(String field, int k, Query filter, KnnSearchStrategy strategy) {
    return floats != null
        ? new KnnFloatVectorQuery(field, floats, k, filter, strategy)
        : new KnnByteVectorQuery(field, bytes, k, filter, strategy);
  }

  /** Returns a scorer of the stored vectors; null if the segment has none. */
  public VectorScorer scorer(LeafReader leaf, String field) throws IOException {
    if (floats != null) {
      var values = leaf.getFloatVectorValues(field);
      return values == null ? null : values.rescorer(floats);
    }
    var values = leaf.getByteVectorValues(field);
    return values == null ? null : values.rescorer(bytes);
  }

  /** The components as floats. */
  public float[] components() {
    if (floats != null) {
      return floats;
    }
    float[] components = new float[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      components[i] = bytes[i];
    }
    return components;
  }
}

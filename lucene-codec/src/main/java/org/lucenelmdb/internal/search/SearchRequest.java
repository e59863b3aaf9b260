/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.util.hnsw.RandomVectorScorer;

/**
 * A validated query of one field in one segment.
 *
 * @param target the query vector as floats; null if the field has no codes
 * @param values the vectors, at least one
 * @param exact scores the vectors
 * @param goal the recall or the effort
 * @param filterStrategy for a query with a filter; null to choose
 * @param areScoresEqual whether all vectors have the same score, as with the cosine of a zero
 *     vector. Neither a graph nor codes lead to the results then
 * @param collector receives documents and their exact scores; its {@code k} is more than 0
 * @param acceptDocs the live documents that pass the filter
 * @param observer null for none
 */
public record SearchRequest(
    float[] target,
    KnnVectorValues values,
    RandomVectorScorer exact,
    SearchGoal goal,
    FilterStrategy filterStrategy,
    boolean areScoresEqual,
    KnnCollector collector,
    AcceptDocs acceptDocs,
    SearchObserver observer) {

  /** Makes the scorer tell the observer about the scores of vectors. */
  public SearchRequest {
    exact = observer == null ? exact : new ObservedScorer(exact, observer);
  }

  /** The number of results. */
  int k() {
    return collector.k();
  }

  /** The number of vectors. */
  int size() {
    return values.size();
  }

  /** Returns a copy of this request with another collector. */
  SearchRequest withCollector(KnnCollector other) {
    RandomVectorScorer unobserved = exact instanceof ObservedScorer observed ? observed.in : exact;
    return new SearchRequest(
        target,
        values,
        unobserved,
        goal,
        filterStrategy,
        areScoresEqual,
        other,
        acceptDocs,
        observer);
  }
}

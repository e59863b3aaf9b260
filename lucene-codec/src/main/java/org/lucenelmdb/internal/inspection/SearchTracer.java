/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.inspection;

import org.lucenelmdb.internal.search.SearchObserver;

/**
 * Observes the steps of searches. A listener of searches that implements this interface is asked
 * for an observer when the search of a segment begins, in the thread that searches.
 */
@FunctionalInterface
public interface SearchTracer {

  /**
   * Returns the observer of a search.
   *
   * @param k the number of results that the query asks this segment for
   * @return null for none
   */
  SearchObserver begin(String segment, String field, int k);
}

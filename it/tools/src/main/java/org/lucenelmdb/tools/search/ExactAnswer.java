/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

/**
 * The exact answer to a query.
 *
 * @param docs the nearest documents
 * @param scores of the documents, descending
 * @param matching the number of documents that could be found
 */
public record ExactAnswer(int[] docs, float[] scores, int matching) {

  /** Scores that differ by less are equal: their order depends on the order of summation. */
  private static final double EPSILON = 1e-6;

  /** The number of documents that a search for k can find. */
  public int expected(int k) {
    return Math.min(Math.min(k, matching), docs.length);
  }

  /** The score that a document needs to be one of the k nearest. */
  public double threshold(int k) {
    float last = scores[expected(k) - 1];
    return last - EPSILON * Math.abs(last);
  }

  /** Returns the rank of a document from 1; 0 if it is not among the nearest. */
  public int rank(int doc) {
    for (int i = 0; i < docs.length; i++) {
      if (docs[i] == doc) {
        return i + 1;
      }
    }
    return 0;
  }
}

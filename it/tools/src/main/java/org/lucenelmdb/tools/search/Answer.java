/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.search.ScoreDoc;

/**
 * What a search found and cost.
 *
 * @param docs the hits, without those that do not count
 * @param scores of the hits
 * @param cost of the search
 */
public record Answer(int[] docs, float[] scores, SearchCost cost) {

  static Answer of(ScoreDoc[] hits, QueryVector query, int k, SearchCost cost) {
    List<ScoreDoc> counted = new ArrayList<>();
    for (ScoreDoc hit : hits) {
      if (counted.size() < k && query.excludes(hit.doc) == false) {
        counted.add(hit);
      }
    }
    int[] docs = counted.stream().mapToInt(hit -> hit.doc).toArray();
    float[] scores = new float[docs.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = counted.get(i).score;
    }
    return new Answer(docs, scores, cost);
  }

  /** Returns the share of the k nearest that was found; NaN if no document could be found. */
  public double recall(ExactAnswer exact, int k) {
    int expected = exact.expected(k);
    if (expected == 0) {
      return Double.NaN;
    }
    int found = 0;
    for (int i = 0; i < docs.length; i++) {
      int rank = exact.rank(docs[i]);
      if ((rank > 0 && rank <= expected) || scores[i] >= exact.threshold(k)) {
        found++;
      }
    }
    return Math.min(found, expected) / (double) expected;
  }

  /** Returns the documents that were missed, by rank; none if equally near ones were found. */
  public List<Integer> missed(ExactAnswer exact, int k) {
    int missing = (int) Math.round((1 - recall(exact, k)) * exact.expected(k));
    List<Integer> missed = new ArrayList<>();
    for (int i = 0; i < exact.expected(k) && missed.size() < missing; i++) {
      if (contains(exact.docs()[i]) == false) {
        missed.add(exact.docs()[i]);
      }
    }
    return missed;
  }

  private boolean contains(int doc) {
    for (int found : docs) {
      if (found == doc) {
        return true;
      }
    }
    return false;
  }
}

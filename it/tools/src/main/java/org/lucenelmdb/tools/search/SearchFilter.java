/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.tools.index.IndexException;

/**
 * A filter, with the documents that pass it.
 *
 * @param name for reports
 * @param query the filter as the user wrote it
 * @param docs the same documents, found once
 * @param matching the number of live documents that pass the filter and have a vector
 */
public record SearchFilter(String name, Query query, Query docs, int matching) {

  /** No filter. */
  public static final SearchFilter NONE = new SearchFilter("no filter", null, null, -1);

  /**
   * Finds the documents of a filter.
   *
   * @throws IndexException if there are none
   */
  public static SearchFilter of(String name, Query query, SearchedField field) throws IOException {
    List<LeafReaderContext> leaves = field.searcher().getIndexReader().leaves();
    FixedBitSet[] docs = new FixedBitSet[leaves.size()];
    Weight weight =
        field
            .searcher()
            .createWeight(field.searcher().rewrite(query), ScoreMode.COMPLETE_NO_SCORES, 1);
    for (LeafReaderContext leaf : leaves) {
      docs[leaf.ord] = new FixedBitSet(leaf.reader().maxDoc());
      Scorer scorer = weight.scorer(leaf);
      if (scorer != null) {
        docs[leaf.ord].or(scorer.iterator());
      }
    }
    SearchFilter filter = of(name, query, docs, field);
    if (filter.matching == 0) {
      throw new IndexException(
          "the filter " + name + ": expected documents with a vector that pass; found none");
    }
    return filter;
  }

  private static SearchFilter of(
      String name, Query query, FixedBitSet[] docs, SearchedField field) {
    int matching = 0;
    int ord = -1;
    int end = 0;
    int base = 0;
    List<LeafReaderContext> leaves = field.searcher().getIndexReader().leaves();
    for (int doc : field.live()) {
      while (doc >= end) {
        ord++;
        base = leaves.get(ord).docBase;
        end = base + leaves.get(ord).reader().maxDoc();
      }
      matching += docs[ord].get(doc - base) ? 1 : 0;
    }
    Query set = new DocSetQuery(docs);
    return new SearchFilter(name, query == null ? set : query, set, matching);
  }

  /** Returns a filter that each document passes with the same probability. */
  public static SearchFilter random(
      String name, double probability, long seed, SearchedField field) {
    List<LeafReaderContext> leaves = field.searcher().getIndexReader().leaves();
    FixedBitSet[] docs = new FixedBitSet[leaves.size()];
    SplittableRandom random = new SplittableRandom(seed);
    for (LeafReaderContext leaf : leaves) {
      docs[leaf.ord] = new FixedBitSet(leaf.reader().maxDoc());
      for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
        if (random.nextDouble() < probability) {
          docs[leaf.ord].set(doc);
        }
      }
    }
    return of(name, null, docs, field);
  }

  /** Whether a document of a segment passes. */
  boolean accepts(LeafReaderContext leaf, int doc) {
    return docs == null || ((DocSetQuery) docs).docs(leaf).get(doc);
  }

  /** Whether there is a filter. */
  public boolean isFilter() {
    return docs != null;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.VectorScorer;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.LongHeap;
import org.apache.lucene.util.NumericUtils;

/** Scores every live document for every query, for all filters at once. */
public final class ExactAnswers {

  private final SearchedField field;
  private final List<SearchFilter> filters;
  private final int depth;

  private ExactAnswers(SearchedField field, List<SearchFilter> filters, int depth) {
    this.field = field;
    this.filters = filters;
    this.depth = depth;
  }

  /**
   * Computes the answers.
   *
   * @param depth the number of nearest documents to find
   * @return the answers of each filter, in the order of the queries
   */
  public static List<List<ExactAnswer>> of(
      SearchedField field,
      List<QueryVector> queries,
      List<SearchFilter> filters,
      int depth,
      Parallel parallel)
      throws IOException {
    ExactAnswers answers = new ExactAnswers(field, filters, depth);
    List<List<ExactAnswer>> byQuery =
        parallel.map("exact answers", queries.size(), i -> answers.of(queries.get(i)));
    List<List<ExactAnswer>> byFilter = new ArrayList<>();
    for (int f = 0; f < filters.size(); f++) {
      int filter = f;
      byFilter.add(byQuery.stream().map(all -> all.get(filter)).toList());
    }
    return byFilter;
  }

  private List<ExactAnswer> of(QueryVector query) throws IOException {
    Nearest[] nearest = new Nearest[filters.size()];
    for (int f = 0; f < nearest.length; f++) {
      nearest[f] = new Nearest(depth);
    }
    for (LeafReaderContext leaf : field.leaves()) {
      VectorScorer scorer = query.scorer(leaf.reader(), field.name());
      Bits live = leaf.reader().getLiveDocs();
      DocIdSetIterator docs = scorer.iterator();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if ((live == null || live.get(doc)) && query.excludes(leaf.docBase + doc) == false) {
          float score = scorer.score();
          for (int f = 0; f < nearest.length; f++) {
            if (filters.get(f).accepts(leaf, doc)) {
              nearest[f].add(leaf.docBase + doc, score);
            }
          }
        }
      }
    }
    List<ExactAnswer> answers = new ArrayList<>();
    for (Nearest one : nearest) {
      answers.add(one.answer());
    }
    return answers;
  }

  /** The documents with the highest scores so far, in a heap. */
  private static final class Nearest {

    private final LongHeap heap;
    private final int depth;
    private int matching;

    Nearest(int depth) {
      this.depth = depth;
      this.heap = new LongHeap(depth);
    }

    void add(int doc, float score) {
      matching++;
      long sortable = (long) NumericUtils.floatToSortableInt(score) << Integer.SIZE;
      heap.insertWithOverflow(sortable | (Integer.MAX_VALUE - doc)); // equal scores: lower document
    }

    ExactAnswer answer() {
      int size = Math.min(depth, heap.size());
      int[] docs = new int[size];
      float[] scores = new float[size];
      for (int i = size - 1; i >= 0; i--) {
        long entry = heap.pop();
        docs[i] = Integer.MAX_VALUE - (int) entry;
        scores[i] = NumericUtils.sortableIntToFloat((int) (entry >> Integer.SIZE));
      }
      return new ExactAnswer(docs, scores, matching);
    }
  }
}

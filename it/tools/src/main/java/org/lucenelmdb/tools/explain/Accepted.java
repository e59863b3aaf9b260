/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import static org.apache.lucene.search.DocIdSetIterator.NO_MORE_DOCS;

import java.io.IOException;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.FixedBitSet;

/** The documents that a filter accepts, whether they are deleted or not. */
final class Accepted {

  private final Weight weight; // null without a filter

  /**
   * @param filter null for all documents
   */
  Accepted(IndexSearcher searcher, Query filter) throws IOException {
    this.weight =
        filter == null
            ? null
            : searcher.createWeight(searcher.rewrite(filter), ScoreMode.COMPLETE_NO_SCORES, 1);
  }

  /** The accepted documents of a segment, deleted ones among them. */
  Bits of(LeafReaderContext leaf) throws IOException {
    int maxDoc = leaf.reader().maxDoc();
    if (weight == null) {
      return new Bits.MatchAllBits(maxDoc);
    }
    FixedBitSet docs = new FixedBitSet(maxDoc);
    Scorer scorer = weight.scorer(leaf);
    if (scorer != null) {
      DocIdSetIterator iterator = scorer.iterator();
      for (int doc = iterator.nextDoc(); doc != NO_MORE_DOCS; doc = iterator.nextDoc()) {
        docs.set(doc);
      }
    }
    return docs;
  }

  /** Whether a document of a segment is live. */
  static boolean isLive(LeafReaderContext leaf, int doc) {
    Bits live = leaf.reader().getLiveDocs();
    return live == null || live.get(doc);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.contestant;

import java.io.IOException;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RescoreTopNQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.bench.data.Filter;

/** A Lucene index that is searched. */
public final class LuceneOpenIndex implements OpenIndex {

  private final Directory directory;
  private final Map<String, KnnSearchStrategy> strategies;
  private final boolean rescores;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final int[] ordinals;

  LuceneOpenIndex(Directory directory, Map<String, KnnSearchStrategy> strategies, boolean rescores)
      throws IOException {
    this.directory = directory;
    this.strategies = strategies;
    this.rescores = rescores;
    boolean success = false;
    DirectoryReader opened = null;
    try {
      opened = DirectoryReader.open(directory);
      this.reader = opened;
      this.ordinals = ordinals(opened);
      success = true;
    } finally {
      if (success == false) {
        IOUtils.closeWhileHandlingException(opened, directory);
      }
    }
    this.searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null); // the same filters come again and again here
  }

  /** Merging may reorder documents. */
  private static int[] ordinals(DirectoryReader reader) throws IOException {
    int[] ordinals = new int[reader.maxDoc()];
    for (LeafReaderContext leaf : reader.leaves()) {
      NumericDocValues values = leaf.reader().getNumericDocValues(LuceneFields.ORDINAL);
      for (int doc = values.nextDoc();
          doc != DocIdSetIterator.NO_MORE_DOCS;
          doc = values.nextDoc()) {
        ordinals[leaf.docBase + doc] = (int) values.longValue();
      }
    }
    return ordinals;
  }

  @Override
  public Searcher searcher() {
    return this::search;
  }

  private int[] search(float[] vector, int k, int ef, Filter filter, String strategy)
      throws IOException {
    Query accepted =
        filter == null
            ? null
            : new TermQuery(new Term(LuceneFields.FILTER, LuceneFields.term(filter.info())));
    Query query =
        new KnnFloatVectorQuery(
            LuceneFields.VECTOR, vector, ef, accepted, strategies.get(strategy));
    if (rescores) {
      query =
          RescoreTopNQuery.createFullPrecisionRescorerQuery(query, vector, LuceneFields.VECTOR, k);
    }
    ScoreDoc[] hits = searcher.search(query, k).scoreDocs;
    int[] found = new int[hits.length];
    for (int i = 0; i < found.length; i++) {
      found[i] = ordinals[hits[i].doc];
    }
    return found;
  }

  @Override
  public void close() throws IOException {
    IOUtils.close(reader, directory);
  }
}

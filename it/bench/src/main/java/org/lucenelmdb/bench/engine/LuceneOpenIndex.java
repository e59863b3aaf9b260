/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
import org.lucenelmdb.LmdbHnswSearchListener;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.result.Figures;

/** A Lucene index that is open for searching. */
public final class LuceneOpenIndex implements OpenIndex {

  private final Directory directory;
  private final LuceneStrategies strategies;
  private final boolean rescores;
  private final DirectoryReader reader;
  private final IndexSearcher searcher;
  private final int[] ordinals;

  LuceneOpenIndex(Directory directory, LuceneStrategies strategies, boolean rescores)
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
    // unlike in applications, the same filters are used again and again here
    searcher.setQueryCache(null);
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
    return new Searcher() {
      @Override
      public int[] search(float[] query, int k, int ef, Filter filter, String strategy)
          throws IOException {
        return LuceneOpenIndex.this.search(query, k, ef, filter, strategies.get(strategy));
      }

      @Override
      public Map<String, Double> explain(
          float[] query, int k, int ef, Filter filter, String strategy) throws IOException {
        return LuceneOpenIndex.this.explain(query, k, ef, filter, strategies.get(strategy));
      }
    };
  }

  /** Sums up what the searches of all segments did; Lucene's formats do not report it. */
  private Map<String, Double> explain(
      float[] vector, int k, int ef, Filter filter, KnnSearchStrategy strategy) throws IOException {
    if (strategy instanceof LmdbHnswSearchStrategy ours) {
      List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();
      search(vector, k, ef, filter, ours.withListener(searches::add));
      return figures(searches);
    }
    return Map.of();
  }

  /**
   * Empty if Lucene answered the query itself, as it does if fewer documents pass than are
   * requested.
   */
  private static Map<String, Double> figures(List<LmdbHnswSearchListener.Search> searches) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (LmdbHnswSearchListener.Search search : searches) {
      figures.merge(Figures.VISITS, (double) search.visits(), Double::sum);
      figures.merge(Figures.ESTIMATED_VISITS, (double) search.estimatedVisits(), Double::sum);
      figures.merge(Figures.SWITCHES, (double) Math.max(0, search.switches()), Double::sum);
      figures.merge(Figures.EXPANDED_NODES, (double) search.expandedNodes(), Double::sum);
      figures.merge(Figures.RERANKED, (double) search.reranked(), Double::sum);
      if (search.strategies().isEmpty() == false) { // a search with a filter
        String plan = search.strategies().stream().map(Enum::name).collect(Collectors.joining(">"));
        figures.merge(Figures.PLAN_PREFIX + plan, 1.0 / searches.size(), Double::sum);
      }
    }
    if (searches.isEmpty() == false) {
      figures.put(Figures.EXPECTED_RECALL, expectedRecall(searches));
    }
    return figures;
  }

  /** The average over the segments that expect a recall; NaN if none does. */
  private static double expectedRecall(List<LmdbHnswSearchListener.Search> searches) {
    return searches.stream()
        .mapToDouble(LmdbHnswSearchListener.Search::expectedRecall)
        .filter(recall -> Double.isNaN(recall) == false)
        .average()
        .orElse(Double.NaN);
  }

  private int[] search(float[] vector, int k, int ef, Filter filter, KnnSearchStrategy strategy)
      throws IOException {
    Query accepted =
        filter == null
            ? null
            : new TermQuery(new Term(LuceneFields.FILTER, LuceneFields.term(filter.info())));
    Query query = new KnnFloatVectorQuery(LuceneFields.VECTOR, vector, ef, accepted, strategy);
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

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.knn.KnnCollectorManager;
import org.apache.lucene.util.hnsw.NeighborQueue;

/**
 * Recall and speed of the search, compared with exhaustive search.
 *
 * @param neighbors the number of requested neighbors
 * @param queries the number of queries: documents of the index, which must not find themselves
 * @param recall the share of the true nearest neighbors that the search found, from 0 to 1
 * @param visited the median number of vectors that a search compared with the query
 * @param searchNanos the median time of a search
 * @param exhaustiveNanos the median time of an exhaustive search
 */
record Evaluation(
    int neighbors,
    int queries,
    double recall,
    long visited,
    long searchNanos,
    long exhaustiveNanos) {

  private static final int QUERIES = 200;

  /** Scores within this distance are equal; they differ by the order of summation. */
  private static final float TOLERANCE = 1e-5f;

  /** Searches the nearest neighbors of documents from all over the index. */
  static Evaluation of(IndexReader reader, int neighbors) throws IOException {
    IndexSearcher searcher = new IndexSearcher(reader);
    List<Sample> samples = samples(reader);
    for (Sample sample : samples) {
      searcher.search(new CountingQuery(sample, neighbors + 1), neighbors + 1); // warm-up
    }
    long[] visited = new long[samples.size()];
    long[] searchNanos = new long[samples.size()];
    long[] exhaustiveNanos = new long[samples.size()];
    int found = 0;
    int wanted = 0;
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      // one more than requested: the sample itself is among them
      CountingQuery query = new CountingQuery(sample, neighbors + 1);
      long start = System.nanoTime();
      ScoreDoc[] hits = searcher.search(query, neighbors + 1).scoreDocs;
      long middle = System.nanoTime();
      float[] best = exhaustiveScores(reader, sample, neighbors);
      long end = System.nanoTime();
      visited[i] = query.visited;
      searchNanos[i] = middle - start;
      exhaustiveNanos[i] = end - middle;
      found += matches(hits, sample, best);
      wanted += best.length;
    }
    double recall = wanted == 0 ? 1 : (double) found / wanted;
    return new Evaluation(
        neighbors,
        samples.size(),
        recall,
        median(visited),
        median(searchNanos),
        median(exhaustiveNanos));
  }

  /** A document that serves as a query. */
  private record Sample(int doc, float[] vector) {}

  private static List<Sample> samples(IndexReader reader) throws IOException {
    int step = Math.max(1, reader.maxDoc() / QUERIES);
    List<Sample> samples = new ArrayList<>();
    for (LeafReaderContext leaf : reader.leaves()) {
      FloatVectorValues values = leaf.reader().getFloatVectorValues(DocFields.VECTOR);
      KnnVectorValues.DocIndexIterator docs = values.iterator();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if ((leaf.docBase + doc) % step == 0 && samples.size() < QUERIES) {
          float[] vector = values.vectorValue(docs.index()).clone();
          samples.add(new Sample(leaf.docBase + doc, vector));
        }
      }
    }
    return samples;
  }

  /** A query that counts the vectors it visits. */
  private static final class CountingQuery extends KnnFloatVectorQuery {

    private long visited;

    CountingQuery(Sample sample, int k) {
      super(DocFields.VECTOR, sample.vector, k);
    }

    @Override
    protected TopDocs approximateSearch(
        LeafReaderContext leaf, AcceptDocs acceptDocs, int limit, KnnCollectorManager collectors)
        throws IOException {
      TopDocs found = super.approximateSearch(leaf, acceptDocs, limit, collectors);
      visited += found.totalHits.value();
      return found;
    }
  }

  /** The scores of the true nearest neighbors, worst first. */
  private static float[] exhaustiveScores(IndexReader reader, Sample sample, int neighbors)
      throws IOException {
    NeighborQueue best = new NeighborQueue(neighbors, false);
    for (LeafReaderContext leaf : reader.leaves()) {
      FloatVectorValues values = leaf.reader().getFloatVectorValues(DocFields.VECTOR);
      KnnVectorValues.DocIndexIterator docs = values.iterator();
      for (int doc = docs.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = docs.nextDoc()) {
        if (leaf.docBase + doc != sample.doc) {
          float score =
              VectorSimilarityFunction.DOT_PRODUCT.compare(
                  sample.vector, values.vectorValue(docs.index()));
          best.insertWithOverflow(leaf.docBase + doc, score);
        }
      }
    }
    float[] scores = new float[best.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = best.topScore();
      best.pop();
    }
    return scores;
  }

  /** The number of hits that are as near as the true neighbors; ties count. */
  private static int matches(ScoreDoc[] hits, Sample sample, float[] best) {
    long matches =
        Arrays.stream(hits)
            .filter(hit -> hit.doc != sample.doc)
            .limit(best.length)
            .filter(hit -> hit.score >= best[0] - TOLERANCE)
            .count();
    return (int) matches;
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted.length == 0 ? 0 : sorted[sorted.length / 2];
  }
}

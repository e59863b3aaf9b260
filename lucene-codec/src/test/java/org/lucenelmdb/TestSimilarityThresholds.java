/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AbstractKnnCollector;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Queries for all vectors from a score on, with the collectors of Lucene and unknown ones. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestSimilarityThresholds extends LuceneTestCase {

  private static final LmdbHnswOptions GRAPH = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);

  /** Vectors of few values, so that many scores are equal. All sums are exact. */
  private static float[][] vectors(int count) {
    float[][] vectors = new float[count][4];
    for (float[] vector : vectors) {
      for (int i = 0; i < vector.length; i++) {
        vector[i] = random().nextInt(5);
      }
    }
    return vectors;
  }

  private static VectorIndex index(float[][] vectors, LmdbHnswOptions options) throws IOException {
    return new VectorIndex(newDirectory(), vectors, VectorSimilarityFunction.EUCLIDEAN)
        .add(VectorIndex.config(options), 1);
  }

  private static int above(VectorIndex index, float[] target, float threshold) {
    int above = 0;
    for (float[] vector : index.vectors) {
      above += index.similarity.compare(target, vector) >= threshold ? 1 : 0;
    }
    return above;
  }

  /** The recall of vectors down to a score that several vectors have. */
  private static double recall(VectorIndex index, boolean isExplicit, int distance)
      throws IOException {
    double found = 0;
    double expected = 0;
    float threshold = 1f / (1 + distance);
    for (int i = 0; i < 50; i++) {
      float[] target = vectors(1)[0];
      Query query =
          isExplicit
              ? SimilarityQueries.explicit(VectorIndex.FIELD, target, threshold, threshold, null)
              : SimilarityQueries.floats(VectorIndex.FIELD, target, threshold);
      TopDocs hits = index.searcher().search(query, index.vectors.length);
      for (ScoreDoc hit : hits.scoreDocs) {
        assertTrue(hit.score >= threshold);
      }
      found += hits.scoreDocs.length;
      expected += above(index, target, threshold);
    }
    return found / expected;
  }

  private static void check(boolean isExplicit) throws IOException {
    int distance = 4 + random().nextInt(4);
    float[][] vectors = vectors(700 + random().nextInt(500));
    LmdbHnswOptions noGraph = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(Integer.MAX_VALUE);
    try (VectorIndex index = index(vectors, noGraph)) {
      assertEquals(1, recall(index, isExplicit, distance), 0);
    }
    try (VectorIndex index = index(vectors, GRAPH.withCodeBits(0))) {
      double recall = recall(index, isExplicit, distance);
      assertTrue("traversed: " + recall, recall > 0.9);
    }
    try (VectorIndex index = index(vectors, GRAPH.withCodeBits(4))) {
      double recall = recall(index, isExplicit, distance);
      assertTrue("on codes: " + recall, recall > 0.9);
    }
  }

  public void testVectorsThatJustReachIt() throws IOException {
    check(false);
  }

  /** Traverses nothing below the threshold. */
  public void testVectorsThatJustReachAnExplicitOne() throws IOException {
    assumeTrue("Lucene 10.6 or newer", SimilarityQueries.hasExplicit());
    check(true);
  }

  /** Keeps all vectors from a score on. */
  private static final class Unknown extends AbstractKnnCollector {
    private final float threshold;
    private final List<ScoreDoc> hits = new ArrayList<>();

    Unknown(float threshold, LmdbHnswSearchStrategy how) {
      super(1, Integer.MAX_VALUE, how);
      this.threshold = threshold;
    }

    @Override
    public boolean collect(int doc, float score) {
      return score >= threshold && hits.add(new ScoreDoc(doc, score));
    }

    @Override
    public int numCollected() {
      return hits.size();
    }

    @Override
    public float minCompetitiveSimilarity() {
      return hits.isEmpty() ? Float.NEGATIVE_INFINITY : threshold / 2;
    }

    @Override
    public TopDocs topDocs() {
      TotalHits total = new TotalHits(hits.size(), TotalHits.Relation.EQUAL_TO);
      return new TopDocs(total, hits.toArray(ScoreDoc[]::new));
    }
  }

  /** The search with an unknown collector is exact. */
  public void testUnknownCollector() throws IOException {
    float threshold = 1f / (2 + random().nextInt(4));
    List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();
    LmdbHnswSearchStrategy how = LmdbHnswSearchStrategy.DEFAULT.withListener(searches::add);
    try (VectorIndex index = index(vectors(1000), GRAPH.withCodeBits(4))) {
      LeafReader leaf = getOnlyLeafReader(index.reader);
      double found = 0;
      double expected = 0;
      for (int i = 0; i < 50; i++) {
        float[] target = vectors(1)[0];
        KnnCollector collector = new Unknown(threshold, how);
        AcceptDocs all = AcceptDocs.fromLiveDocs(null, leaf.maxDoc());
        leaf.searchNearestVectors(VectorIndex.FIELD, target, collector, all);
        for (ScoreDoc hit : collector.topDocs().scoreDocs) {
          // one segment, so that documents are vectors
          assertEquals(index.similarity.compare(target, index.vectors[hit.doc]), hit.score, 0);
          found++;
        }
        expected += above(index, target, threshold);
      }
      assertTrue(found + " of " + expected, found > 0.9 * expected);
    }
    assertEquals(50, searches.size());
    for (LmdbHnswSearchListener.Search search : searches) {
      assertFalse("" + search, search.quantized());
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.calibration;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopKnnCollector;
import org.apache.lucene.util.hnsw.UpdateableRandomVectorScorer;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.search.CalibrationSearcher;
import org.lucenelmdb.internal.search.Effort;
import org.lucenelmdb.internal.search.HeldOutNodes;
import org.lucenelmdb.internal.search.RecallCurve;
import org.lucenelmdb.internal.search.SearchReport;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Searches with held-out vectors as queries, in the graph as it was before their insertion. For one
 * thread.
 */
final class QuerySearcher {

  /**
   * The minimum number of additional results of a scan. A scan for the k nearest vectors also finds
   * held-out vectors, including the query itself. So it collects this many vectors more than k, or
   * k / {@link #SPARE_DIVISOR} if that is larger.
   */
  private static final int MIN_SPARE = 8;

  private static final int SPARE_DIVISOR = 6;

  private final CalibrationSearcher search;
  private final HeldOutNodes hidden;
  private final KnnVectorValues values;
  private final UpdateableRandomVectorScorer scorer;
  private final int[] heldOutDocs;
  private float[] target;

  /**
   * @param values all vectors of the field; copied
   */
  QuerySearcher(
      KnnVectorValues values,
      VectorMetric metric,
      Holdout holdout,
      CalibrationSearcher search,
      HeldOutNodes hidden)
      throws IOException {
    this.search = search;
    this.hidden = hidden;
    this.values = values.copy();
    this.scorer = metric.scorers(this.values).scorer();
    this.heldOutDocs = holdout.ordinals();
    for (int i = 0; i < heldOutDocs.length; i++) {
      heldOutDocs[i] = scorer.ordToDoc(heldOutDocs[i]); // in ascending order, as the ordinals are
    }
  }

  /** Sets the vector that is the query. */
  void setTarget(int ordinal) throws IOException {
    scorer.setScoringOrdinal(ordinal);
    target = target(values, ordinal);
  }

  private static float[] target(KnnVectorValues values, int ordinal) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      return floats.vectorValue(ordinal).clone();
    }
    byte[] bytes = ((ByteVectorValues) values).vectorValue(ordinal);
    float[] target = new float[bytes.length];
    for (int i = 0; i < target.length; i++) {
      target[i] = bytes[i];
    }
    return target;
  }

  /**
   * Searches with a given effort, and adds the result to sums.
   *
   * @param minScore the score that results must reach
   */
  void measure(int k, float[] effort, float minScore, RecallSums sums) throws IOException {
    TopKnnCollector collector = new TopKnnCollector(k, Integer.MAX_VALUE);
    Effort spent = Effort.of(effort[0], effort[1]);
    SearchReport report = search.traverse(target, values, scorer, collector, spent, hidden);
    ScoreDoc[] hits = collector.topDocs().scoreDocs;
    sums.add(minScore, k, hits, report.expandedNodes(), report.visits());
  }

  /**
   * Creates a query from a held-out vector, whose nearest vectors are found by a scan of codes.
   *
   * @param many the number of nearest vectors; 0 if only the recall of {@link RecallCurve#FEW} is
   *     measured
   * @return null if the scan found too few vectors that are not held out
   */
  CalibrationQuery query(int ordinal, int many) throws IOException {
    setTarget(ordinal);
    int k = Math.max(RecallCurve.FEW, many);
    int found = Math.min(values.size(), k + Math.max(MIN_SPARE, k / SPARE_DIVISOR));
    TopKnnCollector collector = new TopKnnCollector(found, Integer.MAX_VALUE);
    search.scan(target, values, scorer, collector);
    float[] scores = new float[k];
    int count = 0;
    for (ScoreDoc hit : collector.topDocs().scoreDocs) {
      if (count < k && Arrays.binarySearch(heldOutDocs, hit.doc) < 0) {
        scores[count++] = hit.score;
      }
    }
    return count < k
        ? null
        : new CalibrationQuery(
            ordinal, scores[RecallCurve.FEW - 1], many > 0 ? scores[k - 1] : Float.NaN);
  }
}

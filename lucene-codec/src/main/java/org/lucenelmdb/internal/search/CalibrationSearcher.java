/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.internal.codes.Codes;
import org.lucenelmdb.internal.graph.GraphGeometry;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/**
 * Traversals of a field's graph with a given effort, and with some of its nodes hidden, to learn
 * what the effort reaches. Thread-safe.
 */
public final class CalibrationSearcher {

  /**
   * The part that a scan for few may be expected to miss, as a recall of 0.999 is measured by it.
   */
  private static final double MISSED_OF_FEW = 0.001;

  /** The same for many, of which the last ones take many more candidates. */
  private static final double MISSED_OF_MANY = 0.005;

  private final GraphGeometry graph;
  private final Codes codes;
  private final QuantizedSearcher onCodes;
  private final ExactTraversal onVectors;
  private final IndexInput image;
  private final IndexInput meta;

  /**
   * @param codes null if there are none
   * @param vectors the raw vectors
   * @param image the image as a slice of its file
   * @param pageSize of the image
   * @param meta the metadata file
   */
  public CalibrationSearcher(
      GraphGeometry graph,
      Codes codes,
      VectorBlocks vectors,
      IndexInput image,
      int pageSize,
      IndexInput meta)
      throws IOException {
    this.graph = graph;
    this.codes = codes;
    this.image = image;
    this.meta = meta;
    this.onCodes =
        codes == null ? null : new QuantizedSearcher(graph, codes, vectors, image, pageSize, meta);
    this.onVectors = codes == null ? new ExactTraversal(graph, image, pageSize, meta) : null;
  }

  /** Whether candidates are found by codes. */
  public boolean isOnCodes() {
    return onCodes != null;
  }

  /** Nodes to hide. */
  public HeldOutNodes hidden(Holdout holdout) throws IOException {
    return new HeldOutNodes(holdout, codes == null ? null : codes.order(image, meta));
  }

  /**
   * Traverses the graph.
   *
   * @param target the query
   * @param exact scores the vectors
   * @param hidden are not found
   */
  public SearchReport traverse(
      float[] target,
      KnnVectorValues values,
      RandomVectorScorer exact,
      KnnCollector collector,
      Effort effort,
      HeldOutNodes hidden)
      throws IOException {
    if (onCodes != null) {
      SearchGoal goal = SearchGoal.effort(effort, hidden);
      SegmentSearcher.OnCodes query = new SegmentSearcher.OnCodes(onCodes, target, values, goal);
      AcceptedVectors all = accepted(values, exact);
      return onCodes.search(query, FilterStrategy.POST_FILTERED, exact, collector, all);
    }
    double candidates = Math.ceil(collector.k() * effort.candidates());
    int kept = (int) Math.max(1, Math.min(graph.size(), candidates));
    int expandedNodes = onVectors.search(exact, collector, null, kept, hidden);
    return new SearchReport(
        false,
        graph.size(),
        graph.size(),
        kept,
        List.of(FilterStrategy.POST_FILTERED),
        0,
        collector.visitedCount(),
        expandedNodes,
        false,
        (int) collector.visitedCount(),
        SearchReport.End.CANDIDATES,
        Double.NaN);
  }

  /**
   * Scans all codes; of the farthest, few may be missed.
   *
   * @param target the query
   * @param exact scores the vectors
   */
  public void scan(
      float[] target, KnnVectorValues values, RandomVectorScorer exact, KnnCollector collector)
      throws IOException {
    double tolerance = collector.k() > 2 * RecallCurve.FEW ? MISSED_OF_MANY : MISSED_OF_FEW;
    SearchGoal goal = SearchGoal.effort(Effort.of(1, tolerance), null);
    SegmentSearcher.OnCodes query = new SegmentSearcher.OnCodes(onCodes, target, values, goal);
    AcceptedVectors all = accepted(values, exact);
    onCodes.search(query, FilterStrategy.EXHAUSTIVE, exact, collector, all);
  }

  private static AcceptedVectors accepted(KnnVectorValues values, RandomVectorScorer exact)
      throws IOException {
    AcceptDocs all = AcceptDocs.fromLiveDocs(null, exact.ordToDoc(values.size() - 1) + 1);
    return new AcceptedVectors(all, values, exact);
  }
}

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
 * Searches a field with a given effort and without finding its held-out nodes, in order to measure
 * the recall of the effort. Thread-safe.
 */
public final class CalibrationSearcher {

  private final GraphGeometry graph;
  private final Codes codes;
  private final QuantizedSearcher quantized; // null without codes
  private final ExactTraversal traversal; // null with codes
  private final IndexInput image;
  private final IndexInput meta;

  /**
   * @param codes null if the field has none
   * @param vectors the raw vectors
   * @param image the image as a slice of its file
   * @param pageSize the page size of the image
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
    this.quantized =
        codes == null ? null : new QuantizedSearcher(graph, codes, vectors, image, pageSize, meta);
    this.traversal = codes == null ? new ExactTraversal(graph, image, pageSize, meta) : null;
  }

  /** Whether the field has codes. */
  public boolean isOnCodes() {
    return quantized != null;
  }

  /** The nodes of a holdout. */
  public HeldOutNodes hidden(Holdout holdout) throws IOException {
    return new HeldOutNodes(holdout, codes == null ? null : codes.order(image, meta));
  }

  /**
   * Traverses the graph.
   *
   * @param target the query
   * @param exact scores the vectors
   * @param heldOut the nodes that the search must not find
   */
  public SearchReport traverse(
      float[] target,
      KnnVectorValues values,
      RandomVectorScorer exact,
      KnnCollector collector,
      Effort effort,
      HeldOutNodes heldOut)
      throws IOException {
    if (quantized != null) {
      SearchGoal goal = SearchGoal.effort(effort, heldOut);
      return search(target, values, exact, collector, goal, FilterStrategy.POST_FILTERED);
    }
    double wanted = Math.ceil(collector.k() * effort.efFactor());
    int ef = (int) Math.max(1, Math.min(graph.size(), wanted));
    int expandedNodes = traversal.search(exact, collector, null, ef, heldOut, null);
    return new SearchReport(
        false,
        graph.size(),
        graph.size(),
        ef,
        List.of(),
        0,
        collector.visitedCount(),
        expandedNodes,
        false,
        (int) collector.visitedCount(),
        SearchReport.End.CANDIDATES,
        Double.NaN,
        DiskReads.NONE);
  }

  /**
   * Scans all codes, and reranks candidates until almost no result can be missing.
   *
   * @param target the query
   * @param exact scores the vectors
   */
  public void scan(
      float[] target, KnnVectorValues values, RandomVectorScorer exact, KnnCollector collector)
      throws IOException {
    double tolerance =
        collector.k() > 2 * RecallCurve.FEW
            ? SearchHeuristics.CALIBRATION_MISSES_OF_MANY
            : SearchHeuristics.CALIBRATION_MISSES_OF_FEW;
    SearchGoal goal = SearchGoal.effort(Effort.of(1, tolerance), null);
    search(target, values, exact, collector, goal, FilterStrategy.EXHAUSTIVE);
  }

  private SearchReport search(
      float[] target,
      KnnVectorValues values,
      RandomVectorScorer exact,
      KnnCollector collector,
      SearchGoal goal,
      FilterStrategy forced)
      throws IOException {
    AcceptDocs all = AcceptDocs.fromLiveDocs(null, exact.ordToDoc(values.size() - 1) + 1);
    SearchRequest request =
        new SearchRequest(target, values, exact, goal, forced, false, collector, all, null);
    MatchingVectors matching = new MatchingVectors(all, values, exact);
    return quantized.search(request, CollectorKind.TOP_K, matching, forced);
  }
}

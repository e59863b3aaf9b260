/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.util.List;

/**
 * What was measured and found in a field.
 *
 * @param querySource where the queries are from
 * @param k the number of documents that the main searches asked for
 * @param goal the recall that the settings of the field aim at
 * @param findings causes first
 * @param searches without a filter, by k and target
 * @param filters searches for k with filters
 * @param worst the queries with the lowest recall
 * @param recalls the recall of each query with the field's settings
 * @param segments the segments with vectors
 * @param graphs the graphs of the segments
 * @param codes the ranks that codes give to the nearest documents
 * @param data the distribution of the vectors; null if it was not examined
 * @param duplicates the near-duplicates of the queries
 * @param misses why the nearest documents were missed
 */
record FieldDiagnosis(
    String field,
    boolean healthy,
    String encoding,
    String metric,
    int dimension,
    int vectors,
    int deleted,
    int queries,
    String querySource,
    int k,
    double goal,
    List<Finding> findings,
    List<SearchFigures> searches,
    List<FilterFigures> filters,
    List<WorstQuery> worst,
    double[] recalls,
    List<SegmentFigures> segments,
    List<GraphFigures> graphs,
    List<CodeRanks> codes,
    DataShape data,
    NearDuplicates duplicates,
    Misses misses) {

  /** The vectors of a segment. */
  record SegmentFigures(
      String segment,
      int version,
      int vectors,
      int deleted,
      boolean graph,
      int codeBits,
      double visits,
      String options) {}

  /**
   * The graph of a segment.
   *
   * @param degrees the number of nodes by degree
   * @param inDegrees the number of nodes by the number of links to them; the last one has all above
   * @param hubShare the share of the links that lead to the hundredth of the nodes with the most
   */
  record GraphFigures(
      String segment,
      int nodes,
      int maxConn,
      int unreached,
      double meanDegree,
      int largestInDegree,
      double hubShare,
      int[] degrees,
      int[] inDegrees) {}

  /**
   * A query with a low recall.
   *
   * @param document from whose vector the query was made; -1 if the user gave it
   */
  record WorstQuery(int query, int document, double recall, List<Missed> missed) {}

  /**
   * A document that was missed.
   *
   * @param reached whether links lead to it; true if there is no graph
   * @param linksTo the number of links to it; -1 if there is no graph
   */
  record Missed(int document, String segment, int rank, boolean reached, int linksTo) {}

  /**
   * The documents that searches with the field's settings missed.
   *
   * @param total of all queries
   * @param unreached of them, how many no link leads to
   * @param otherFormats of them, how many are in segments of another format
   * @param rarelyLinked of them, how many are reached, but have at most two links to them
   */
  record Misses(int total, int unreached, int otherFormats, int rarelyLinked) {}
}

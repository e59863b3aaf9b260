/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.util.List;

/**
 * Why a document is in the result of a query, or why not.
 *
 * <p>Documents are numbered as in the whole index. Values that do not apply are null.
 *
 * @param index the path of the index
 * @param field the name of the field
 * @param metric by which vectors are compared
 * @param k the number of results
 * @param targetRecall of the query; null for that of the field
 * @param filter as it was given; null for none
 * @param cause why the document is not in the result
 * @param verdict the same in words
 * @param advice what to do; null if nothing
 * @param document the document
 * @param rank its rank by exact scores
 * @param code its code; null without codes
 * @param result the result of the query
 * @param searches the searches of the document's segment, in their order; the last one counts
 * @param traversal what the last search of the segment did to the document; null without a search
 * @param graph the links to the document; null without a graph
 */
record Explanation(
    String index,
    String field,
    String metric,
    int k,
    Float targetRecall,
    String filter,
    Cause cause,
    String verdict,
    String advice,
    DocumentFacts document,
    RankFacts rank,
    CodeFacts code,
    ResultFacts result,
    List<SearchFacts> searches,
    TraversalFacts traversal,
    GraphFacts graph) {

  /**
   * The document.
   *
   * @param doc its number
   * @param segment the name of its segment
   * @param docInSegment its number in the segment
   * @param isDeleted whether it is deleted
   * @param hasVector whether it has a vector in the field
   * @param isAccepted whether the filter accepts it
   * @param ordinal the number of its vector in the segment
   * @param node its node in the graph, if there is one
   */
  record DocumentFacts(
      int doc,
      String segment,
      int docInSegment,
      boolean isDeleted,
      boolean hasVector,
      boolean isAccepted,
      Integer ordinal,
      Integer node) {}

  /**
   * The rank among all live documents that the filter accepts; the rank that it would have, if it
   * is not one of them.
   *
   * @param score its exact score
   * @param rank 1 for the best; one more than the number of documents with better scores
   * @param equal the number of other documents with the same score
   * @param matching the number of live documents that the filter accepts
   * @param rankInSegment the rank among those of its segment
   * @param matchingInSegment the number of those in its segment
   */
  record RankFacts(
      float score, int rank, int equal, int matching, int rankInSegment, int matchingInSegment) {}

  /**
   * The code of the document.
   *
   * @param bits per dimension
   * @param score by which traversals choose it: a similarity, less a constant of the query
   * @param estimate the similarity that its code predicts
   * @param similarity the exact similarity, in the same unit: the dot product, or half the negative
   *     squared distance, or the negative distance
   * @param error the standard deviation of the estimate's error; null if it is not known
   * @param deviations by how many of them the estimate is too low; negative if it is too high
   * @param rankInSegment the rank of the estimate among all that match in its segment
   */
  record CodeFacts(
      int bits,
      float score,
      double estimate,
      double similarity,
      Double error,
      Double deviations,
      int rankInSegment) {}

  /**
   * The result of the query.
   *
   * @param hits the documents
   * @param rank the rank of the document among them; null if it is not
   * @param recall the share of the k nearest documents in the result
   * @param foundWithTargetRecall the lowest target recall, of those that were tried, with which the
   *     document is found; null if none, or if it was not tried
   */
  record ResultFacts(List<Hit> hits, Integer rank, Double recall, Float foundWithTargetRecall) {}

  /**
   * A document of the result.
   *
   * @param doc its number
   * @param score its exact score
   * @param segment the name of its segment
   */
  record Hit(int doc, float score, String segment) {}

  /**
   * A search of the segment: see the report of a search in the documentation of filters.
   *
   * @param strategy in words
   * @param end why it ended
   * @param k the number of results that the query asked the segment for
   * @param isQuantized whether candidates were found by their codes
   * @param vectors of the segment
   * @param matching of them
   * @param ef the number of nodes that the search kept at first
   * @param filterStrategies in the order of their use; empty if all vectors match
   * @param visits the number of scored codes, or vectors
   * @param expandedNodes the number of nodes whose links were read on level 0
   * @param reranked the number of vectors that were scored exactly
   * @param expectedRecall null if it is unknown
   */
  record SearchFacts(
      String strategy,
      String end,
      int k,
      boolean isQuantized,
      int vectors,
      int matching,
      int ef,
      List<String> filterStrategies,
      long visits,
      int expandedNodes,
      int reranked,
      Double expectedRecall) {}

  /**
   * What a search did to the document. A step is the expansion of a node on level 0.
   *
   * @param steps the number of expanded nodes
   * @param isReached whether the document was scored
   * @param isReachedByScan whether a scan scored it, and no traversal
   * @param reachedAt the step in which it was scored; 0 if the traversal began at it, or by a scan
   * @param reachedFrom the document whose links led to it
   * @param expandedAt the step in which it was expanded; null if it was not
   * @param isScoredExactly whether its vector was scored
   * @param lowestReranked the lowest score of the codes whose vectors were scored exactly
   * @param worst the score that a node had to reach to be expanded, when the traversal ended
   * @param path the documents from the entry node to this one, or, if it was not reached, to the
   *     expanded one with the fewest links to it
   */
  record TraversalFacts(
      int steps,
      boolean isReached,
      boolean isReachedByScan,
      Integer reachedAt,
      Integer reachedFrom,
      Integer expandedAt,
      boolean isScoredExactly,
      Float lowestReranked,
      Float worst,
      List<Step> path) {}

  /**
   * A document on the path of a traversal.
   *
   * @param doc its number
   * @param level of the graph
   * @param score by which it was chosen; null if it is not known
   */
  record Step(int doc, int level, Float score) {}

  /**
   * The links to the document on level 0.
   *
   * @param level the highest level of its node
   * @param links the number of its own neighbors on level 0
   * @param inLinks the number of nodes that link to it
   * @param expanded the number of them that were expanded
   * @param cutOff the number of them that were scored, but were worse than the beam
   * @param neverReached the number of them that were not scored
   * @param hopsFromStart the number of links from the start of the traversal; null if no path leads
   *     to the document
   * @param hopsFromExpanded the number of links from the nearest expanded node
   * @param neighbors the nodes that link to it: those that came nearest to being expanded first
   */
  record GraphFacts(
      int level,
      int links,
      int inLinks,
      int expanded,
      int cutOff,
      int neverReached,
      Integer hopsFromStart,
      Integer hopsFromExpanded,
      List<InLink> neighbors) {}

  /** What a traversal did to a node that links to the document. */
  enum Fate {
    /** Its links were read. */
    EXPANDED,
    /** It was scored, and not expanded: its score was worse than the beam. */
    CUT_OFF,
    /** It was not scored on level 0. */
    NEVER_REACHED
  }

  /**
   * A node that links to the document.
   *
   * @param doc its document
   * @param fate what the traversal did to it
   * @param expandedAt the step in which it was expanded; null if it was not
   * @param score by its code, or by its vector if there are no codes
   * @param rank of its score among all nodes that the traversal has scored; null if it was not
   * @param isMatching whether its document is live and the filter accepts it
   */
  record InLink(
      int doc, Fate fate, Integer expandedAt, Float score, Integer rank, boolean isMatching) {}
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.util.Locale;
import java.util.Objects;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswSearchListener.Search;
import org.lucenelmdb.tools.explain.Explanation.GraphFacts;
import org.lucenelmdb.tools.explain.Explanation.RankFacts;
import org.lucenelmdb.tools.explain.Explanation.TraversalFacts;

/** Puts an explanation into words. */
final class Verdict {

  private Verdict() {}

  /** Adds the verdict and the advice to an explanation that has none. */
  static Explanation of(Explanation facts) {
    return new Explanation(
        facts.index(),
        facts.field(),
        facts.metric(),
        facts.k(),
        facts.targetRecall(),
        facts.filter(),
        facts.cause(),
        verdict(facts),
        advice(facts),
        facts.document(),
        facts.rank(),
        facts.code(),
        facts.result(),
        facts.searches(),
        facts.traversal(),
        facts.graph());
  }

  private static String verdict(Explanation facts) {
    String doc = "Document " + facts.document().doc();
    RankFacts rank = facts.rank();
    GraphFacts graph = facts.graph();
    TraversalFacts traversal = facts.traversal();
    String missed = rank == null ? "" : doc + " is missed: its exact rank is " + rank.rank() + ".";
    return switch (facts.cause()) {
      case FOUND ->
          doc + " is in the result, at rank " + facts.result().rank() + "." + found(facts);
      case DELETED -> doc + " is deleted.";
      case NO_VECTOR -> doc + " has no vector in the field " + facts.field() + ".";
      case FILTERED -> doc + " is not accepted by the filter " + facts.filter() + ".";
      case NOT_NEAREST ->
          doc
              + " is not one of the "
              + facts.k()
              + " nearest: "
              + (rank.rank() - 1)
              + " documents are nearer, so that its exact rank is "
              + rank.rank()
              + "."
              + otherSegments(facts);
      case TIE ->
          doc
              + " has the same score as the last hit, and so have "
              + rank.equal()
              + " documents in all: each of them is a right hit.";
      case OTHER_FORMAT ->
          missed + " The vectors of its segment have another format, whose search is not traced.";
      case STOPPED ->
          missed
              + " The search of its segment ended early, because "
              + (facts.searches().getLast().end().equals("LIMIT")
                  ? "it reached the visit limit."
                  : "its collector stopped it.");
      case SEGMENT_LIMIT ->
          missed
              + " The query asked its segment for only "
              + facts.searches().getLast().k()
              + " results, and its rank there is "
              + rank.rankInSegment()
              + ".";
      case NOT_RERANKED ->
          missed
              + " The search found it, but its vector was not scored, because the estimate from its"
              + " code ranks it "
              + facts.code().rankInSegment()
              + " in its segment"
              + (facts.code().deviations() == null
                  ? "."
                  : String.format(
                      Locale.ROOT,
                      ": the estimate is too %s by %.1f standard errors.",
                      facts.code().deviations() < 0 ? "high" : "low",
                      Math.abs(facts.code().deviations())));
      case UNREACHABLE ->
          missed
              + (graph.inLinks() == 0
                  ? " No node of the graph links to it."
                  : " No path of the graph leads to it from where the search began.");
      case NOT_REACHED ->
          missed
              + " The traversal ended after "
              + traversal.steps()
              + " nodes without expanding one of the "
              + graph.inLinks()
              + " nodes that link to it: "
              + graph.cutOff()
              + " were scored and were worse than the beam, "
              + graph.neverReached()
              + " were never reached.";
      case UNKNOWN -> missed + " The trace of the search does not show why.";
    };
  }

  private static String found(Explanation facts) {
    TraversalFacts traversal = facts.traversal();
    if (traversal == null || traversal.isReached() == false) {
      return facts.searches().isEmpty() && facts.document().ordinal() == null
          ? ""
          : " Lucene's query scored it without this format's search.";
    }
    if (traversal.isReachedByScan()) {
      return " A scan of its segment found it.";
    }
    return traversal.reachedFrom() == null
        ? " The traversal began at it."
        : " The traversal reached it in step "
            + traversal.reachedAt()
            + " of "
            + traversal.steps()
            + ", from document "
            + traversal.reachedFrom()
            + ".";
  }

  private static String otherSegments(Explanation facts) {
    int inSegment = facts.rank().rankInSegment();
    return inSegment > facts.k()
        ? ""
        : " In its segment it is number "
            + inSegment
            + ", but "
            + (facts.rank().rank() - inSegment)
            + " better hits are in other segments.";
  }

  private static String advice(Explanation facts) {
    Float target = facts.result().foundWithTargetRecall();
    String raise =
        target == null ? null : "Raise the target recall: with " + target + ", the query finds it.";
    return switch (facts.cause()) {
      case FOUND, DELETED, TIE -> null;
      case NO_VECTOR -> "Check that the document was indexed with a vector, and in this field.";
      case FILTERED -> "Check the filter.";
      case NOT_NEAREST ->
          "Ask for at least "
              + facts.rank().rank()
              + " results. If it should be nearer, check the vectors, the query and the metric.";
      case OTHER_FORMAT -> "Merge the segment with this format, or raise the k of the query.";
      case STOPPED -> "Raise the visit limit or the timeout of the query.";
      case SEGMENT_LIMIT -> Objects.requireNonNullElse(raise, "Raise the k of the query.");
      case NOT_RERANKED ->
          Objects.requireNonNullElse(
              raise,
              "Target recalls up to 0.999 do not find it: use more code bits, or none"
                  + " (codeBits), and build the index again.");
      case UNREACHABLE ->
          "Merge the segment, or build the index again: both link nodes that cannot be reached."
              + " Please report it, as no build should leave such a node."
              + (target == null
                  ? ""
                  : " Until then, a target recall of "
                      + target
                      + " finds it, because the segment is then scanned.");
      case NOT_REACHED ->
          Objects.requireNonNullElse(
              raise,
              "Target recalls up to 0.999 do not find it: raise the k of the query, or build the"
                  + " index again with a larger maxConn and beamWidth.");
      case UNKNOWN -> "Please report it, with this explanation as JSON.";
    };
  }

  /** The strategy of a search in words. */
  static String strategy(Search report, SearchTrace trace) {
    String of = report.quantized() ? "codes" : "vectors";
    boolean isTraversed = trace.steps() > 0;
    boolean isFiltered = report.strategies().contains(LmdbHnswFilterStrategy.FILTERED);
    boolean isPostFiltered = report.strategies().contains(LmdbHnswFilterStrategy.POST_FILTERED);
    String traversal =
        (isPostFiltered && isFiltered
                ? "post-filtered, then filtered "
                : isPostFiltered ? "post-filtered " : isFiltered ? "filtered " : "")
            + "traversal of "
            + of;
    if (isTraversed == false) {
      return "scan of " + of;
    }
    return trace.isScan() ? traversal + ", then a scan" : traversal;
  }
}

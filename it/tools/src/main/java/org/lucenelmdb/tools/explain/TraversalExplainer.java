/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.tools.explain.Explanation.Fate;
import org.lucenelmdb.tools.explain.Explanation.GraphFacts;
import org.lucenelmdb.tools.explain.Explanation.InLink;
import org.lucenelmdb.tools.explain.Explanation.Step;
import org.lucenelmdb.tools.explain.Explanation.TraversalFacts;

/** Explains what a search did to a document, and by which links it could have been reached. */
final class TraversalExplainer {

  /** The number of links to the document that are listed. */
  private static final int MAX_LISTED = 100;

  private final SegmentParts parts;
  private final GraphLinks links; // null without a graph
  private final SearchTrace trace; // null without a search
  private final int ordinal;
  private final int node;
  private final Bits matching;
  private final List<Integer> inLinks;
  private final List<Integer> fromStart;
  private final List<Integer> fromExpanded;

  /**
   * @param trace null if the segment was not searched
   * @param ordinal that of the document
   * @param matching the ordinals that match
   */
  TraversalExplainer(SegmentParts parts, SearchTrace trace, int ordinal, Bits matching)
      throws IOException {
    this.parts = parts;
    this.links = parts.links();
    this.trace = trace;
    this.ordinal = ordinal;
    this.node = parts.node(ordinal);
    this.matching = matching;
    this.inLinks = links == null ? List.of() : links.inLinks(node);
    this.fromStart = links == null ? List.of() : links.shortestPath(this::isStart, node);
    this.fromExpanded =
        links == null || isTraversed() == false
            ? List.of()
            : links.shortestPath(trace::isExpanded, node);
  }

  private boolean isTraversed() {
    return trace != null && trace.steps() > 0;
  }

  private boolean isStart(int other) {
    return isTraversed()
        ? trace.isScored(other) && trace.from(other) == SearchTrace.FROM_START
        : other == links.entryNode();
  }

  /** Why the search did not score the vector of the document. */
  Cause cause() {
    if (trace.isScored(node)) {
      return parts.codes() == null ? Cause.UNKNOWN : Cause.NOT_RERANKED;
    }
    if (links == null || isTraversed() == false) {
      return Cause.UNKNOWN;
    }
    return fromStart.isEmpty() ? Cause.UNREACHABLE : Cause.NOT_REACHED;
  }

  /** The nodes that link to the document's node, ascending. */
  List<Integer> inLinks() {
    return inLinks;
  }

  /**
   * The nodes that led to the document; if it was not reached, to the expanded node that is nearest
   * to it. Empty without a traversal.
   */
  List<Integer> taken() {
    if (isTraversed() == false) {
      return List.of();
    }
    if (trace.isScored(node)) {
      return trace.path(node);
    }
    return fromExpanded.isEmpty() ? List.of() : trace.path(fromExpanded.getFirst());
  }

  /** The shortest path from an expanded node to the document's; empty if there is none. */
  List<Integer> missing() {
    return fromExpanded;
  }

  /** Facts about the last search; null without one. */
  TraversalFacts traversalFacts() throws IOException {
    if (trace == null) {
      return null;
    }
    boolean isExact = Float.isNaN(trace.exactScore(ordinal)) == false;
    boolean isScored = trace.isScored(node);
    Integer reachedAt = isExact ? 0 : null;
    if (isScored) {
      reachedAt = trace.scoredAt(node);
    }
    int from = isScored ? trace.from(node) : SearchTrace.NEVER;
    return new TraversalFacts(
        trace.steps(),
        isScored || isExact,
        from == SearchTrace.FROM_SCAN || isScored == false && isExact,
        reachedAt,
        from >= 0 ? parts.doc(from) : null,
        trace.isExpanded(node) ? trace.expandedAt(node) : null,
        isExact,
        lowestReranked(),
        finite(trace.lastWorst()),
        path());
  }

  private Float lowestReranked() throws IOException {
    if (parts.codes() == null) {
      return null;
    }
    float lowest = Float.POSITIVE_INFINITY;
    for (int ord = 0; ord < parts.size(); ord++) {
      if (Float.isNaN(trace.exactScore(ord)) == false) {
        lowest = Math.min(lowest, parts.codes().score(parts.node(ord)));
      }
    }
    return finite(lowest);
  }

  private List<Step> path() throws IOException {
    List<Step> steps = new ArrayList<>();
    if (isTraversed()) {
      for (SearchTrace.Descent step : trace.descent()) {
        steps.add(new Step(parts.doc(step.node()), step.level(), finite(step.score())));
      }
    }
    for (int at : taken()) {
      steps.add(new Step(parts.doc(at), 0, finite(trace.score(at))));
    }
    return steps;
  }

  private static Float finite(float score) {
    return Float.isFinite(score) ? score : null;
  }

  /** Facts about the links to the document; null without a graph. */
  GraphFacts graphFacts() throws IOException {
    if (links == null) {
      return null;
    }
    List<InLink> all = new ArrayList<>();
    for (int from : inLinks) {
      Fate fate = fate(from);
      all.add(
          new InLink(
              parts.doc(from),
              fate,
              fate == Fate.EXPANDED ? trace.expandedAt(from) : null,
              finite(parts.traversalScore(from)),
              fate == Fate.NEVER_REACHED ? null : trace.rankOfScored(from),
              matching.get(parts.ordinal(from))));
    }
    all.sort(
        Comparator.comparing(InLink::fate)
            .thenComparing(InLink::score, Comparator.nullsLast(Comparator.reverseOrder()))
            .thenComparing(InLink::doc));
    return new GraphFacts(
        links.level(node),
        links.neighbors(0, node).length,
        all.size(),
        count(all, Fate.EXPANDED),
        count(all, Fate.CUT_OFF),
        count(all, Fate.NEVER_REACHED),
        hops(fromStart),
        hops(fromExpanded),
        all.subList(0, Math.min(MAX_LISTED, all.size())));
  }

  private static Integer hops(List<Integer> path) {
    return path.isEmpty() ? null : path.size() - 1;
  }

  private static int count(List<InLink> all, Fate fate) {
    return (int) all.stream().filter(link -> link.fate() == fate).count();
  }

  /** What the traversal did to a node. */
  Fate fate(int other) {
    if (isTraversed() == false) {
      return Fate.NEVER_REACHED;
    }
    if (trace.isExpanded(other)) {
      return Fate.EXPANDED;
    }
    return trace.isScored(other) && trace.from(other) != SearchTrace.FROM_SCAN
        ? Fate.CUT_OFF
        : Fate.NEVER_REACHED;
  }
}

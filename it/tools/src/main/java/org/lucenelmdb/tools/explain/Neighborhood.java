/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.util.hnsw.RandomVectorScorer;
import org.lucenelmdb.tools.explain.Explanation.Fate;

/**
 * The part of a graph that is drawn: the document, the nodes that link to it, the path that the
 * traversal took, the shortest path that it did not take, and the expanded nodes near the document.
 *
 * @param nodes at most {@link #MAX_NODES}, with the document first
 * @param links between them, each once
 */
record Neighborhood(List<Node> nodes, List<Link> links) {

  /** The largest number of nodes, so that a picture is readable. */
  static final int MAX_NODES = 80;

  private static final int MAX_IN_LINKS = 30;
  private static final int MAX_TAKEN = 24;
  private static final int MAX_MISSING = 10;
  private static final int MAX_NEAR = 12;

  /**
   * A node.
   *
   * @param doc the number of its document
   * @param fate what the traversal did to it
   * @param expandedAt the step in which it was expanded; null if it was not
   * @param isDocument whether it is the document that is explained
   * @param isEntry whether it is the entry node of the graph
   * @param queryScore its exact score
   * @param documentScore the score of its vector against that of the document
   */
  record Node(
      int doc,
      Fate fate,
      Integer expandedAt,
      boolean isDocument,
      boolean isEntry,
      float queryScore,
      float documentScore) {}

  /** Why a link is drawn. The first that applies. */
  enum Kind {
    /** The traversal followed it. */
    TAKEN,
    /** It is on the shortest path from an expanded node to the document. */
    MISSING,
    /** It leads to the document. */
    TO_DOCUMENT,
    /** It leads from an expanded node to one that was not expanded. */
    OTHER
  }

  /**
   * A link.
   *
   * @param from a document
   * @param to a document
   * @param level of the graph
   * @param kind why it is drawn
   */
  record Link(int from, int to, int level, Kind kind) {}

  /** Chooses what to draw. */
  static Neighborhood of(
      SegmentParts parts, SearchTrace trace, int ordinal, TraversalExplainer traversal)
      throws IOException {
    return new Builder(parts, trace, ordinal, traversal).build();
  }

  private static final class Builder {
    private final SegmentParts parts;
    private final GraphLinks graph;
    private final SearchTrace trace; // null without a search
    private final int node;
    private final TraversalExplainer traversal;
    private final RandomVectorScorer toDocument;
    private final Set<Integer> shown = new LinkedHashSet<>();
    private final Map<List<Integer>, Link> links = new LinkedHashMap<>();

    Builder(SegmentParts parts, SearchTrace trace, int ordinal, TraversalExplainer traversal)
        throws IOException {
      this.parts = parts;
      this.graph = parts.links();
      this.trace = trace != null && trace.steps() > 0 ? trace : null;
      this.node = parts.node(ordinal);
      this.traversal = traversal;
      this.toDocument = parts.scorerOf(ordinal);
    }

    Neighborhood build() throws IOException {
      shown.add(node);
      List<Integer> taken = last(traversal.taken(), MAX_TAKEN);
      List<Integer> missing = last(traversal.missing(), MAX_MISSING);
      if (trace != null) {
        trace.descent().stream().limit(MAX_TAKEN / 2).forEach(step -> shown.add(step.node()));
      }
      shown.addAll(taken);
      shown.addAll(missing);
      shown.addAll(first(byFate(traversal.inLinks()), MAX_IN_LINKS));
      shown.addAll(nearExpanded());
      addDescent(taken);
      addPath(taken, Kind.TAKEN);
      addPath(missing, Kind.MISSING);
      for (int from : traversal.inLinks()) {
        add(0, from, node, Kind.TO_DOCUMENT);
      }
      for (int from : shown) {
        if (traversal.fate(from) == Fate.EXPANDED) {
          for (int to : graph.neighbors(0, from)) {
            if (traversal.fate(to) != Fate.EXPANDED) {
              add(0, from, to, Kind.OTHER);
            }
          }
        }
      }
      List<Node> nodes = new ArrayList<>();
      for (int at : shown) {
        nodes.add(
            new Node(
                parts.doc(at),
                traversal.fate(at),
                trace != null && trace.isExpanded(at) ? trace.expandedAt(at) : null,
                at == node,
                at == graph.entryNode(),
                parts.exactScore(parts.ordinal(at)),
                toDocument.score(parts.ordinal(at))));
      }
      return new Neighborhood(nodes, List.copyOf(links.values()));
    }

    private static List<Integer> last(List<Integer> path, int count) {
      return path.subList(Math.max(0, path.size() - count), path.size());
    }

    private static List<Integer> first(List<Integer> nodes, int count) {
      return nodes.subList(0, Math.min(count, nodes.size()));
    }

    private List<Integer> byFate(List<Integer> nodes) throws IOException {
      Map<Integer, Float> scores = new HashMap<>();
      for (int at : nodes) {
        scores.put(at, parts.traversalScore(at));
      }
      return nodes.stream()
          .sorted(
              Comparator.comparing(traversal::fate)
                  .thenComparing(scores::get, Comparator.reverseOrder()))
          .toList();
    }

    /** The expanded nodes with the best scores against the document. */
    private List<Integer> nearExpanded() throws IOException {
      if (trace == null) {
        return List.of();
      }
      Map<Integer, Float> scores = new HashMap<>();
      for (int at = 0; at < trace.size(); at++) {
        if (trace.isExpanded(at)) {
          scores.put(at, toDocument.score(parts.ordinal(at)));
        }
      }
      return scores.entrySet().stream()
          .sorted(
              Map.Entry.<Integer, Float>comparingByValue(Comparator.reverseOrder())
                  .thenComparing(Map.Entry.comparingByKey()))
          .limit(MAX_NEAR)
          .map(Map.Entry::getKey)
          .toList();
    }

    private void addDescent(List<Integer> taken) throws IOException {
      if (trace == null) {
        return;
      }
      List<SearchTrace.Descent> steps = trace.descent();
      for (int i = 0; i + 1 < steps.size(); i++) {
        add(steps.get(i).level(), steps.get(i).node(), steps.get(i + 1).node(), Kind.TAKEN);
      }
      if (steps.isEmpty() == false && taken.isEmpty() == false) {
        add(steps.getLast().level(), steps.getLast().node(), taken.getFirst(), Kind.TAKEN);
      }
    }

    private void addPath(List<Integer> path, Kind kind) throws IOException {
      for (int i = 0; i + 1 < path.size(); i++) {
        add(0, path.get(i), path.get(i + 1), kind);
      }
    }

    /** Adds a link, if the graph has it and both nodes are shown. */
    private void add(int level, int from, int to, Kind kind) throws IOException {
      if (shown.contains(from)
          && shown.contains(to)
          && level <= graph.level(from)
          && Arrays.binarySearch(graph.neighbors(level, from), to) >= 0) {
        links.putIfAbsent(List.of(from, to), new Link(parts.doc(from), parts.doc(to), level, kind));
      }
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import org.lucenelmdb.tools.doctor.FieldDiagnosis.GraphFigures;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.Misses;
import org.lucenelmdb.tools.index.WriterOptions;

/** Findings about graphs. */
final class GraphRules {

  /** Half a percent of the hits of all queries: about what a target of 0.99 leaves. */
  private static final double MISSED_UNREACHED = 0.005;

  /**
   * Of healthy data of many kinds, 2 to 8 % of the links led to the hundredth of the nodes with the
   * most, and 16 % with MAXIMUM_INNER_PRODUCT, where long vectors are near to all others.
   */
  private static final double MANY_TO_HUBS = 0.2;

  private static final int MIN_NODES = 500;
  private static final int SMALL_M = 6;
  private static final int SMALL_BEAM = 24;

  private GraphRules() {}

  static void add(Rules rules, Measurements m) {
    unreached(rules, m);
    weak(rules, m);
    hubs(rules, m);
  }

  private static void unreached(Rules rules, Measurements m) {
    int unreached = m.graphs().stream().mapToInt(GraphFigures::unreached).sum();
    if (unreached == 0) {
      return;
    }
    Misses misses = m.misses();
    double hits = (double) m.queries().size() * m.k();
    rules.add(
        misses.unreached() >= MISSED_UNREACHED * hits,
        "unreachable",
        "Nodes of the graph cannot be reached from its entry node, so that no traversal finds"
            + " them.",
        text(
            "%,d of %,d nodes; %,d of %,d misses are such nodes; %s",
            unreached,
            m.graphs().stream().mapToInt(GraphFigures::nodes).sum(),
            misses.unreached(),
            misses.total(),
            Rules.recall(m)),
        "Force a merge, which rebuilds the graph. Every build of this format links all nodes,"
            + " so check the index with verify, and please report it.");
  }

  private static void hubs(Rules rules, Measurements m) {
    GraphFigures worst = null;
    for (GraphFigures graph : m.graphs()) {
      boolean isLarge = graph.nodes() >= MIN_NODES;
      if (isLarge && (worst == null || graph.hubShare() > worst.hubShare())) {
        worst = graph;
      }
    }
    if (worst == null || worst.hubShare() < MANY_TO_HUBS) {
      return;
    }
    rules.add(
        (m.isRecallLow() || m.isScanning()) && isExplained(rules) == false,
        "hubs",
        "A few nodes have a large part of all links, so that few links are left to lead to other"
            + " nodes.",
        text(
            "segment %s: %.0f %% of the links lead to 1 %% of the nodes, %,d to one node, where the"
                + " mean is %.0f; %,d of %,d misses have at most 2 links; %s",
            worst.segment(),
            100 * worst.hubShare(),
            worst.largestInDegree(),
            worst.meanDegree(),
            m.misses().rarelyLinked() + m.misses().unreached(),
            m.misses().total(),
            Rules.recall(m)),
        "Build a graph with more links (withMaxConn(32), withBeamWidth(200)). If vectors of the"
            + " hubs are near all others because of their length or their place near the mean, use"
            + " COSINE, or subtract the mean before indexing.");
  }

  /** Whether a cause was found that makes hubs, too. */
  private static boolean isExplained(Rules rules) {
    return rules.hasCause("weak-graph") || rules.hasCause("outlier");
  }

  private static void weak(Rules rules, Measurements m) {
    boolean isSmall = false;
    String figure = "";
    for (int i = 0; i < m.segments().size(); i++) {
      WriterOptions options = WriterOptions.parse(m.segments().get(i).options());
      boolean isLarge = m.segments().get(i).graph() && m.segments().get(i).vectors() >= MIN_NODES;
      if (isLarge
          && (options.isBelow("maxConn", SMALL_M) || options.isBelow("beamWidth", SMALL_BEAM))) {
        isSmall = true;
        figure =
            text(
                "segment %s: maxConn %s, beamWidth %s",
                m.segments().get(i).segment(), options.get("maxConn"), options.get("beamWidth"));
      }
    }
    for (GraphFigures graph : m.graphs()) { // segments of version 0.0 do not tell their options
      if (isSmall == false && graph.nodes() >= MIN_NODES && graph.maxConn() < SMALL_M) {
        isSmall = true;
        figure = text("segment %s: maxConn %d", graph.segment(), graph.maxConn());
      }
    }
    if (isSmall) {
      rules.add(
          m.isRecallLow() || m.isScanning(),
          "weak-graph",
          "The graph was built with few links or little search, so that it leads to neighbors"
              + " less reliably.",
          figure + "; " + Rules.recall(m) + "; " + Rules.cost(m),
          "Build the graph with the defaults (maxConn 16, beamWidth 100) or more.");
    }
  }
}

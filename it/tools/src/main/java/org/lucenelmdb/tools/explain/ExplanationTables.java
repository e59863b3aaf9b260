/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import static org.lucenelmdb.tools.output.Output.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lucenelmdb.tools.explain.Explanation.CodeFacts;
import org.lucenelmdb.tools.explain.Explanation.DocumentFacts;
import org.lucenelmdb.tools.explain.Explanation.Fate;
import org.lucenelmdb.tools.explain.Explanation.GraphFacts;
import org.lucenelmdb.tools.explain.Explanation.RankFacts;
import org.lucenelmdb.tools.explain.Explanation.SearchFacts;
import org.lucenelmdb.tools.explain.Explanation.Step;
import org.lucenelmdb.tools.explain.Explanation.TraversalFacts;

/** The tables of an explanation, for the terminal and the page. */
final class ExplanationTables {

  /** The number of links to the document that are shown. */
  private static final int MAX_LINKS = 20;

  /**
   * A table.
   *
   * @param title above it
   * @param headers of the columns
   * @param rows with as many cells
   */
  record Table(String title, List<String> headers, List<List<String>> rows) {}

  private ExplanationTables() {}

  static List<Table> of(Explanation facts) {
    List<Table> tables = new ArrayList<>();
    tables.add(new Table("Document", List.of("fact", "value"), document(facts)));
    tables.add(new Table("Query", List.of("fact", "value"), query(facts)));
    if (facts.searches().isEmpty() == false) {
      tables.add(searches(facts));
    }
    if (facts.traversal() != null) {
      tables.add(new Table("Last search", List.of("fact", "value"), traversal(facts)));
    }
    GraphFacts graph = facts.graph();
    if (graph != null) {
      tables.add(new Table("Links to the document", List.of("fact", "value"), graph(graph)));
      if (graph.neighbors().isEmpty() == false) {
        tables.add(links(graph));
      }
    }
    return tables;
  }

  private static List<List<String>> document(Explanation facts) {
    DocumentFacts document = facts.document();
    RankFacts rank = facts.rank();
    CodeFacts code = facts.code();
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("document", document.doc()));
    rows.add(
        row("segment", document.segment() + ", document " + document.docInSegment() + " of it"));
    rows.add(row("live", yes(document.isDeleted() == false)));
    rows.add(row("has a vector", yes(document.hasVector())));
    if (facts.filter() != null) {
      rows.add(row("accepted by the filter", yes(document.isAccepted())));
    }
    if (rank != null) {
      rows.add(row("exact score", rank.score()));
      rows.add(row("exact rank", rank.rank() + " of " + rank.matching()));
      rows.add(
          row(
              "exact rank in its segment",
              rank.rankInSegment() + " of " + rank.matchingInSegment()));
      rows.add(row("others with the same score", rank.equal()));
    }
    if (code != null) {
      rows.add(row("rank by its code in its segment", code.rankInSegment()));
      rows.add(row("score of its code (" + code.bits() + " bits)", code.score()));
      rows.add(row("similarity by its code", (float) code.estimate()));
      rows.add(row("exact similarity", (float) code.similarity()));
      rows.add(
          row(
              "the estimate is too low by",
              code.deviations() == null
                  ? "unknown"
                  : number("%.2f", code.deviations()) + " standard errors"));
    }
    return rows;
  }

  private static List<List<String>> query(Explanation facts) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("field", facts.field() + ", " + facts.metric()));
    rows.add(row("k", facts.k()));
    rows.add(
        row(
            "target recall",
            facts.targetRecall() == null ? "that of the field" : facts.targetRecall()));
    if (facts.filter() != null) {
      rows.add(row("filter", facts.filter()));
    }
    rows.add(
        row(
            "result",
            facts.result().hits().stream()
                .limit(MAX_LINKS)
                .map(hit -> String.valueOf(hit.doc()))
                .collect(Collectors.joining(" "))));
    if (facts.result().recall() != null) {
      rows.add(row("recall of this result", number("%.3f", facts.result().recall())));
    }
    return rows;
  }

  private static Table searches(Explanation facts) {
    List<List<String>> rows = new ArrayList<>();
    for (SearchFacts search : facts.searches()) {
      rows.add(
          row(
              search.strategy(),
              search.end(),
              search.k(),
              search.matching() + " of " + search.vectors(),
              search.ef(),
              search.expandedNodes(),
              search.visits(),
              search.reranked(),
              search.expectedRecall() == null ? "" : number("%.3f", search.expectedRecall())));
    }
    return new Table(
        "Searches of its segment",
        List.of(
            "strategy",
            "end",
            "k",
            "matching",
            "ef",
            "expanded",
            "visits",
            "reranked",
            "expected recall"),
        rows);
  }

  private static List<List<String>> traversal(Explanation facts) {
    TraversalFacts traversal = facts.traversal();
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("reached", yes(traversal.isReached())));
    if (traversal.isReachedByScan()) {
      rows.add(row("reached by", "a scan"));
    } else if (traversal.isReached()) {
      rows.add(row("reached in step", traversal.reachedAt() + " of " + traversal.steps()));
      rows.add(
          row(
              "reached from document",
              traversal.reachedFrom() == null
                  ? "none, the traversal began at it"
                  : traversal.reachedFrom()));
      rows.add(
          row(
              "expanded in step",
              traversal.expandedAt() == null ? "never" : traversal.expandedAt()));
    }
    rows.add(row("vector scored", yes(traversal.isScoredExactly())));
    if (traversal.lowestReranked() != null) {
      rows.add(row("lowest score of a reranked code", traversal.lowestReranked()));
    }
    if (traversal.steps() > 0) {
      rows.add(
          row(
              "worst score in the beam",
              traversal.worst() == null ? "no limit, or unknown" : traversal.worst()));
    }
    if (traversal.path().isEmpty() == false) {
      rows.add(
          row(
              traversal.isReached() ? "path to it" : "path to the nearest expanded node",
              traversal.path().stream()
                  .map(ExplanationTables::step)
                  .collect(Collectors.joining(" → "))));
    }
    return rows;
  }

  private static String step(Step step) {
    return step.level() == 0 ? "" + step.doc() : step.doc() + " (level " + step.level() + ")";
  }

  private static List<List<String>> graph(GraphFacts graph) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("nodes that link to it", graph.inLinks()));
    rows.add(row("of them expanded", graph.expanded()));
    rows.add(row("of them scored, cut off by the beam", graph.cutOff()));
    rows.add(row("of them never reached", graph.neverReached()));
    rows.add(row("its own neighbors", graph.links()));
    rows.add(row("its highest level", graph.level()));
    rows.add(
        row(
            "hops from the start",
            graph.hopsFromStart() == null ? "no path" : graph.hopsFromStart()));
    rows.add(
        row(
            "hops from an expanded node",
            graph.hopsFromExpanded() == null ? "no path" : graph.hopsFromExpanded()));
    return rows;
  }

  private static Table links(GraphFacts graph) {
    List<List<String>> rows =
        graph.neighbors().stream()
            .limit(MAX_LINKS)
            .map(
                link ->
                    row(
                        link.doc(),
                        fate(link.fate()),
                        link.expandedAt() == null ? "" : link.expandedAt(),
                        link.score() == null ? "" : link.score(),
                        link.rank() == null ? "" : link.rank(),
                        yes(link.isMatching())))
            .toList();
    return new Table(
        graph.inLinks() > MAX_LINKS
            ? "The first " + MAX_LINKS + " of the nodes that link to it"
            : "Nodes that link to it",
        List.of("document", "fate", "step", "score", "rank of scored nodes", "matching"),
        rows);
  }

  private static String fate(Fate fate) {
    return switch (fate) {
      case EXPANDED -> "expanded";
      case CUT_OFF -> "cut off by the beam";
      case NEVER_REACHED -> "never reached";
    };
  }

  private static String yes(boolean is) {
    return is ? "yes" : "no";
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;
import static org.lucenelmdb.tools.output.Output.row;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.GraphFigures;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.SegmentFigures;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.WorstQuery;
import org.lucenelmdb.tools.output.Tables;

/** Prints a diagnosis for humans: the verdict first, then the figures. */
final class DoctorTables {

  private static final int MAX_SEGMENTS = 20;

  private final Tables tables;

  DoctorTables(Tables tables) {
    this.tables = tables;
  }

  void print(Diagnosis diagnosis) {
    for (FieldDiagnosis field : diagnosis.fields()) {
      print(field);
    }
  }

  private void print(FieldDiagnosis field) {
    tables.line(
        text(
            "Field %s: %,d vectors (%,d deleted), %s, %d dimensions, %s, %d segments",
            field.field(),
            field.vectors(),
            field.deleted(),
            field.encoding(),
            field.dimension(),
            field.metric(),
            field.segments().size()));
    tables.line(text("%d queries, %s", field.queries(), field.querySource()));
    SearchFigures asIs = field.searches().getFirst();
    tables.line(verdict(field));
    for (Finding finding : field.findings()) {
      tables.line("");
      tables.line(
          (finding.isCause() ? "CAUSE " : "note ") + finding.name() + ": " + finding.text());
      tables.line("  measured: " + finding.figure());
      tables.line("  do: " + finding.advice());
    }
    searches(field);
    filters(field);
    segments(field);
    graphs(field);
    worst(field);
    if (asIs.limited() > 0) {
      tables.line(text("%.0f %% of the searches ended at a limit", 100 * asIs.limited()));
    }
    tables.line("");
  }

  static String verdict(FieldDiagnosis field) {
    SearchFigures asIs = field.searches().getFirst();
    String figures =
        text(
            "recall@%d %.3f ± %.3f, %,.0f nodes expanded",
            asIs.k(), asIs.recall(), 2 * asIs.error(), asIs.expandedNodes());
    String causes =
        field.findings().stream()
            .filter(Finding::isCause)
            .map(Finding::name)
            .collect(Collectors.joining(", "));
    return (field.healthy() ? "healthy" : "not healthy: " + causes) + "; " + figures;
  }

  private void searches(FieldDiagnosis field) {
    List<List<String>> rows = new ArrayList<>();
    for (SearchFigures f : field.searches()) {
      rows.add(
          row(
              f.k(),
              f.target() == 0 ? "of the field" : text("%.2f", f.target()),
              text("%.4f", f.recall()),
              text("%.1f %%", 100 * f.bad()),
              text("%,.1f", f.expandedNodes()),
              text("%,.0f", f.visits()),
              text("%,.1f", f.reranked())));
    }
    tables.table(
        "Searches, on average over queries; bad queries have a recall below 0.7",
        List.of("k", "target", "recall", "bad", "expanded", "visits", "reranked"),
        rows);
  }

  private void filters(FieldDiagnosis field) {
    List<List<String>> rows = new ArrayList<>();
    for (FilterFigures f : field.filters()) {
      rows.add(
          row(
              f.filter(),
              text("%,d", f.matching()),
              f.strategy() == null ? "of the field" : f.strategy(),
              f.strategies(),
              text("%.4f", f.figures().recall()),
              text("%,.1f", f.figures().expandedNodes()),
              text("%,.0f", f.figures().visits()),
              text("%,.1f", f.figures().reranked())));
    }
    tables.table(
        "With filters, k " + field.k(),
        List.of(
            "filter", "matching", "strategy", "used", "recall", "expanded", "visits", "reranked"),
        rows);
  }

  private void segments(FieldDiagnosis field) {
    List<List<String>> rows = new ArrayList<>();
    for (SegmentFigures s : field.segments()) {
      if (rows.size() < MAX_SEGMENTS) {
        rows.add(
            row(
                s.segment(),
                s.version() < 0 ? "other format" : "version " + s.version(),
                text("%,d", s.vectors()),
                text("%,d", s.deleted()),
                s.graph() ? "yes" : "no",
                s.codeBits() == 0 ? "none" : s.codeBits() + " bit",
                text("%,.0f", s.visits())));
      }
    }
    int more = field.segments().size() - rows.size();
    tables.table(
        "Segments" + (more > 0 ? ", and " + more + " more" : ""),
        List.of("segment", "format", "vectors", "deleted", "graph", "codes", "visits per search"),
        rows);
  }

  private void graphs(FieldDiagnosis field) {
    List<List<String>> rows = new ArrayList<>();
    for (GraphFigures g : field.graphs()) {
      CodeRanks ranks =
          field.codes().stream()
              .filter(c -> c.segment().equals(g.segment()))
              .findFirst()
              .orElse(null);
      if (rows.size() < MAX_SEGMENTS) {
        rows.add(
            row(
                g.segment(),
                text("%,d", g.nodes()),
                text("%,d", g.unreached()),
                text("%.1f", g.meanDegree()),
                text("%,d", g.largestInDegree()),
                text("%.1f %%", 100 * g.hubShare()),
                ranks == null ? "-" : text("%,d", ranks.median()),
                ranks == null ? "-" : text("%,d", ranks.high())));
      }
    }
    if (rows.isEmpty() == false) {
      tables.table(
          "Graphs; the ranks by codes of the nearest 10",
          List.of(
              "segment",
              "nodes",
              "unreached",
              "links per node",
              "most links to a node",
              "links to 1 % of nodes",
              "median rank",
              "9 of 10 below"),
          rows);
    }
  }

  private void worst(FieldDiagnosis field) {
    List<List<String>> rows = new ArrayList<>();
    for (WorstQuery query : field.worst()) {
      rows.add(
          row(
              query.query(),
              query.document() < 0 ? "-" : query.document(),
              text("%.2f", query.recall()),
              query.missed().stream()
                  .limit(5)
                  .map(
                      m ->
                          m.document()
                              + " (rank "
                              + m.rank()
                              + (m.reached() ? "" : ", not reachable")
                              + ")")
                  .collect(Collectors.joining(", "))));
    }
    if (rows.isEmpty() == false) {
      tables.table(
          "Worst queries",
          List.of("query", "made from document", "recall", "missed documents"),
          rows);
    }
  }
}

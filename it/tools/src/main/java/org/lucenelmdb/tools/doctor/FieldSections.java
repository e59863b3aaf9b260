/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.lucenelmdb.bench.report.Axis;
import org.lucenelmdb.bench.report.Plot;
import org.lucenelmdb.bench.report.Section;
import org.lucenelmdb.bench.report.Style;
import org.lucenelmdb.bench.report.Table;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.GraphFigures;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.Missed;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.SegmentFigures;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.WorstQuery;

/** The sections of a field in the report. */
final class FieldSections {

  private static final int RECALL_BINS = 10;
  private static final int MAX_BARS = 24;

  private final FieldDiagnosis field;
  private final String suffix;

  /**
   * @param number of the field in the report, for ids
   */
  FieldSections(FieldDiagnosis field, int number) {
    this.field = field;
    this.suffix = "-" + number;
  }

  List<Section> all() {
    return List.of(searches(), queries(), filters(), graphs(), segments()).stream()
        .filter(section -> section.isEmpty() == false)
        .toList();
  }

  private Section.Builder section(String id, String title, String note) {
    return Section.builder(id + suffix, field.field() + ": " + title, note);
  }

  private Section searches() {
    Section.Builder section =
        section(
            "searches",
            "recall and cost",
            "Means over queries. Bad queries have a recall below 0.7. Expanded: nodes whose links"
                + " are read. Visited: codes that are scored, or vectors if there are no codes.");
    Table.Builder table = Table.builder("Searches", 2, "k", "target");
    List.of("recall", "bad queries", "expanded", "visited", "reranked").forEach(table::column);
    for (SearchFigures f : field.searches()) {
      table.row(
          String.valueOf(f.k()),
          target(f),
          text("%.4f", f.recall()),
          text("%.1f%%", 100 * f.bad()),
          text("%,.1f", f.expandedNodes()),
          text("%,.0f", f.visits()),
          text("%,.1f", f.reranked()));
    }
    Axis recall = new Axis("recall reached", false, "number", null, 1.0, null);
    return section
        .add(
            lines(
                "target",
                "Target recall: requested and reached",
                Axis.linear("recall requested"),
                recall,
                f -> f.target() == 0 ? null : new double[] {f.target(), f.recall()}))
        .add(
            lines(
                "effort",
                "Recall over visits, from low to high targets",
                Axis.log("codes or vectors scored"),
                recall,
                f -> f.target() == 0 ? null : new double[] {f.visits(), f.recall()}))
        .add(
            lines(
                "expanded",
                "Recall over expanded nodes, from low to high targets",
                Axis.log("nodes expanded"),
                recall,
                f -> f.target() == 0 ? null : new double[] {f.expandedNodes(), f.recall()}))
        .add(table.build())
        .build();
  }

  private static String target(SearchFigures f) {
    return f.target() == 0 ? "of the field" : text("%.2f", f.target());
  }

  /** A line for each k. */
  private Plot lines(
      String id, String title, Axis x, Axis y, Function<SearchFigures, double[]> point) {
    Plot.Builder plot = Plot.lines(id + suffix, title, x, y);
    TreeSet<Integer> all =
        field.searches().stream()
            .map(SearchFigures::k)
            .collect(Collectors.toCollection(TreeSet::new));
    int index = 0;
    for (int k : all) {
      List<Plot.Point> points = new ArrayList<>();
      for (SearchFigures f : field.searches()) {
        double[] at = f.k() == k ? point.apply(f) : null;
        if (at != null) {
          points.add(
              new Plot.Point(
                  at[0],
                  at[1],
                  text(
                      "target %s\n%,.0f visited, %,.0f expanded\nrecall@%d %.4f",
                      target(f), f.visits(), f.expandedNodes(), k, f.recall())));
        }
      }
      plot.series("k " + k, new Style(index, 0, index, all.size()), points);
      index++;
    }
    return plot.build();
  }

  private Section queries() {
    int[] bins = new int[RECALL_BINS + 1];
    for (double recall : field.recalls()) {
      if (Double.isNaN(recall) == false) {
        bins[(int) Math.floor(recall * RECALL_BINS + 1e-9)]++;
      }
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < RECALL_BINS; i++) {
      names.add(text("%.1f to %.1f", i / (double) RECALL_BINS, (i + 1) / (double) RECALL_BINS));
    }
    names.add("1");
    Table.Builder worst =
        Table.builder("Worst queries, with the field's settings", 2, "query", "made from document");
    worst.column("recall").column("missed documents");
    for (WorstQuery query : field.worst()) {
      worst.row(
          String.valueOf(query.query()),
          query.document() < 0 ? "-" : String.valueOf(query.document()),
          text("%.2f", query.recall()),
          query.missed().stream().map(FieldSections::describe).collect(Collectors.joining(", ")));
    }
    return section(
            "queries",
            "queries",
            "Searches for " + field.k() + " documents with the field's settings.")
        .add(bars("recalls", "Queries by their recall", "queries", names, bins))
        .add(worst.build())
        .build();
  }

  private static String describe(Missed m) {
    String links = m.linksTo() < 0 ? "" : ", " + m.linksTo() + " links to it";
    return m.document()
        + (" (segment " + m.segment() + ", rank " + m.rank() + links)
        + (m.reached() ? ")" : ", not reachable)");
  }

  private Plot bars(String id, String title, String what, List<String> names, int[] counts) {
    List<Plot.Point> points = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      points.add(new Plot.Point(counts[i], i, text("%s\n%,d", names.get(i), counts[i])));
    }
    return Plot.bars(id + suffix, title, Plot.Kind.GROUPED, Axis.linear(what), names)
        .series(what, null, points)
        .build();
  }

  private Section filters() {
    Table.Builder table = Table.builder("With filters", 3, "filter", "matching", "strategy");
    List.of("used", "recall", "expanded", "visited", "reranked").forEach(table::column);
    List<String> names = new ArrayList<>();
    List<Integer> visits = new ArrayList<>();
    for (FilterFigures f : field.filters()) {
      String strategy = f.strategy() == null ? "of the field" : f.strategy();
      table.row(
          f.filter(),
          text("%,d", f.matching()),
          strategy,
          f.strategies(),
          text("%.4f", f.figures().recall()),
          text("%,.1f", f.figures().expandedNodes()),
          text("%,.0f", f.figures().visits()),
          text("%,.1f", f.figures().reranked()));
      names.add(f.filter() + (f.strategy() == null ? "" : ", " + strategy));
      visits.add((int) Math.round(f.figures().visits()));
    }
    Section.Builder section =
        section(
            "filters", "filters", "Searches for " + field.k() + " documents that pass a filter.");
    if (names.isEmpty() == false) {
      int[] counts = visits.stream().mapToInt(Integer::intValue).toArray();
      section.add(bars("filtered", "Cost with filters", "codes or vectors scored", names, counts));
    }
    return section.add(table.build()).build();
  }

  private Section graphs() {
    Section.Builder section =
        section(
            "graphs",
            "graphs",
            "Level 0 of all graphs. A node that few links lead to is hard to find; a node that very"
                + " many lead to is a hub.");
    if (field.graphs().isEmpty()) {
      return section.build();
    }
    Table.Builder table = Table.builder("Graphs", 1, "segment");
    List.of("nodes", "unreached", "links per node", "most links to a node", "links to 1 % of nodes")
        .forEach(table::column);
    for (GraphFigures g : field.graphs()) {
      table.row(
          g.segment(),
          text("%,d", g.nodes()),
          text("%,d", g.unreached()),
          text("%.1f", g.meanDegree()),
          text("%,d", g.largestInDegree()),
          text("%.1f%%", 100 * g.hubShare()));
    }
    return section
        .add(histogram("degrees", "Nodes by the number of their links", GraphFigures::degrees))
        .add(
            histogram(
                "in-degrees", "Nodes by the number of links to them", GraphFigures::inDegrees))
        .add(table.build())
        .build();
  }

  /** Sums up the histograms of all graphs: 0, 1, 2, 3, 4 to 5, 6 to 7, 8 to 11, and so on. */
  private Plot histogram(String id, String title, Function<GraphFigures, int[]> counts) {
    List<String> names = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    int width = 1;
    int length = field.graphs().stream().mapToInt(g -> counts.apply(g).length).max().orElse(1);
    for (int from = 0; from < length; from += width) {
      width = from < 4 ? 1 : Integer.highestOneBit(from) / 2;
      starts.add(from);
      boolean isLast = from + width >= length;
      names.add(
          width == 1
              ? String.valueOf(from)
              : isLast ? from + " and more" : from + " to " + (from + width - 1));
    }
    int[] sums = new int[names.size()];
    for (GraphFigures graph : field.graphs()) {
      int[] all = counts.apply(graph);
      for (int i = 0; i < all.length; i++) {
        int bin = sums.length - 1;
        while (starts.get(bin) > i) {
          bin--;
        }
        sums[bin] += all[i];
      }
    }
    return bars(id, title, "nodes", names, sums);
  }

  private Section segments() {
    Table.Builder table = Table.builder("Segments", 1, "segment");
    List.of("format", "vectors", "deleted", "graph", "bits of codes", "visited", "options")
        .forEach(table::column);
    List<String> names = new ArrayList<>();
    List<Integer> visits = new ArrayList<>();
    for (SegmentFigures s : field.segments()) {
      table.row(
          s.segment(),
          s.version() < 0 ? "other" : "version " + s.version(),
          text("%,d", s.vectors()),
          text("%,d", s.deleted()),
          s.graph() ? "yes" : "no",
          s.codeBits() == 0 ? "none" : String.valueOf(s.codeBits()),
          text("%,.0f", s.visits()),
          s.options() == null ? "unknown" : s.options());
      if (names.size() < MAX_BARS) {
        names.add(text("%s (%,d vectors)", s.segment(), s.vectors()));
        visits.add((int) Math.round(s.visits()));
      }
    }
    int[] counts = visits.stream().mapToInt(Integer::intValue).toArray();
    return section("segments", "segments", "The cost of a search in each segment.")
        .add(bars("segments", "Cost by segment", "codes or vectors scored", names, counts))
        .add(table.build())
        .build();
  }
}

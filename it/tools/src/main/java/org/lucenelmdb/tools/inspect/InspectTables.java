/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.inspect;

import static org.lucenelmdb.tools.output.Output.row;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.lucenelmdb.tools.output.Tables;

/** Prints the result for humans. */
final class InspectTables {

  private static final int HISTOGRAM_ROWS = 10;
  private static final int BAR = 40;

  private final Tables tables;

  InspectTables(Tables tables) {
    this.tables = tables;
  }

  void print(InspectResult result) {
    List<List<String>> rows = new ArrayList<>();
    for (InspectResult.Segment segment : result.segments()) {
      rows.add(
          row(
              segment.name(),
              segment.codec(),
              segment.luceneVersion(),
              segment.documents(),
              segment.deleted(),
              segment.isCompound() ? "yes" : "no",
              bytes(segment.bytes()),
              fields(segment)));
    }
    tables.table(
        result.index(),
        List.of(
            "segment", "codec", "Lucene", "documents", "deleted", "compound", "size", "vectors in"),
        rows);
    for (InspectResult.Segment segment : result.segments()) {
      for (InspectResult.Image image : segment.images()) {
        print(segment, image);
      }
      segment
          .otherFields()
          .forEach(
              (name, format) ->
                  tables.line(segment.name() + ", field " + name + ": other format, " + format));
    }
  }

  private static String fields(InspectResult.Segment segment) {
    List<String> names = new ArrayList<>();
    segment.images().forEach(image -> image.fields().forEach(field -> names.add(field.name())));
    segment.otherFields().forEach((name, format) -> names.add(name + " (" + format + ")"));
    return names.isEmpty() ? "no field" : String.join(", ", names);
  }

  private void print(InspectResult.Segment segment, InspectResult.Image image) {
    tables.line("");
    tables.line(
        image.file()
            + ": format version "
            + image.version()
            + (image.hasChecksums() ? " with checksums of blocks, " : ", ")
            + bytes(image.bytes())
            + " image, "
            + bytes(image.metadataBytes())
            + " metadata");
    tables.line("options: " + (image.options() == null ? "not in the segment" : image.options()));
    List<List<String>> rows = new ArrayList<>();
    for (InspectResult.Database database : image.databases()) {
      rows.add(
          row(
              database.name(),
              database.entries(),
              database.depth(),
              database.branchPages(),
              database.leafPages(),
              database.overflowPages(),
              bytes(database.valueBytes())));
    }
    tables.table(
        "LMDB: "
            + image.pages()
            + " pages of "
            + image.pageSize()
            + " bytes, "
            + image.freePages()
            + " of them free",
        List.of("database", "entries", "depth", "branch", "leaf", "overflow", "values"),
        rows);
    tables.line("bytes that nothing reads: " + join(image.unusedBytes()));
    for (InspectResult.Field field : image.fields()) {
      print(segment.name() + ", field " + field.name(), field);
    }
  }

  private static String join(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }

  private void print(String title, InspectResult.Field field) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("metric", field.metric()));
    rows.add(row("encoding", field.encoding() + ", " + field.dimension() + " dimensions"));
    rows.add(row("vectors", field.vectors() + ", " + field.deletedVectors() + " deleted"));
    rows.add(
        row("target recall", field.targetRecall() == 0 ? "default" : "" + field.targetRecall()));
    InspectResult.Sizes sizes = field.sizes();
    rows.add(row("bytes per vector", number(sizes.perVector())));
    rows.add(row("size of vectors", bytes(sizes.vectors())));
    rows.add(row("size of codes", bytes(sizes.codes())));
    rows.add(row("size of links", bytes(sizes.links())));
    rows.add(row("size of levels", bytes(sizes.levelNodes())));
    rows.add(row("size of documents", bytes(sizes.documents())));
    rows.add(row("size of tables", bytes(sizes.tables())));
    rows.add(row("codes", codes(field.codes())));
    addGraph(rows, field.graph());
    tables.table(title, List.of("part", "value"), rows);
    if (field.recallCurve().isEmpty() == false) {
      printCurve(title, field.recallCurve());
    }
    if (field.graph() != null) {
      printGraph(title, field.graph());
    }
  }

  private static String codes(InspectResult.Codes codes) {
    if (codes == null) {
      return "none";
    }
    return codes.bits()
        + " bits per dimension, kind "
        + codes.kind().toLowerCase(Locale.ROOT)
        + ", "
        + codes.recordBytes()
        + " bytes, "
        + codes.centroids()
        + " centroids, queries "
        + codes.queryBits()
        + " bits, oversampling "
        + (codes.oversampling() == 0 ? "adaptive" : number(codes.oversampling()))
        + ", error "
        + number(codes.error())
        + ", rerank depth "
        + number(codes.rerankDepth());
  }

  private static void addGraph(List<List<String>> rows, InspectResult.Graph graph) {
    if (graph == null) {
      rows.add(row("graph", "none"));
      return;
    }
    rows.add(
        row(
            "graph",
            graph.levels().size()
                + " levels, M "
                + graph.maxConn()
                + ", entry node "
                + graph.entryNode()));
    rows.add(
        row(
            "neighbors of a node",
            "mean " + number(graph.meanDegree()) + ", largest " + graph.largestDegree()));
    InspectResult.InDegrees in = graph.inDegrees();
    rows.add(
        row(
            "links to a node",
            "median " + in.median() + ", p99 " + in.p99() + ", largest " + in.largest()));
    rows.add(row("nodes without a link to them", graph.unlinkedNodes()));
    InspectResult.Locality locality = graph.locality();
    rows.add(
        row(
            "list of neighbors",
            "mean "
                + number(locality.bytesPerList())
                + " bytes, largest "
                + locality.largestList()
                + ", "
                + number(locality.listsPerPage())
                + " per page, "
                + locality.listsOnOwnPages()
                + " on pages of their own"));
    rows.add(row("pages with a node's neighbors", "mean " + number(locality.pagesPerList())));
  }

  private void printCurve(String title, List<InspectResult.Effort> curve) {
    tables.table(
        title + ": recall curve",
        List.of(
            "candidates", "tolerance", "recall@10", "expanded@10", "recall@100", "expanded@100"),
        curve.stream()
            .map(
                p ->
                    row(
                        number(p.candidates()),
                        number(p.tolerance()),
                        number(p.recallAt10()),
                        number(p.expandedAt10()),
                        number(p.recallAt100()),
                        number(p.expandedAt100())))
            .toList());
  }

  private void printGraph(String title, InspectResult.Graph graph) {
    tables.table(
        title + ": levels",
        List.of("level", "nodes", "reached from the entry node", "links"),
        graph.levels().stream()
            .map(level -> row(level.level(), level.nodes(), level.reached(), level.links()))
            .toList());
    int width = Math.max(1, (graph.degrees().size() + HISTOGRAM_ROWS - 1) / HISTOGRAM_ROWS);
    List<List<String>> rows = new ArrayList<>();
    long nodes = graph.degrees().stream().mapToLong(Integer::longValue).sum();
    for (int from = 0; from < graph.degrees().size(); from += width) {
      int to = Math.min(from + width, graph.degrees().size());
      long count = graph.degrees().subList(from, to).stream().mapToLong(Integer::longValue).sum();
      rows.add(
          row(
              to - from == 1 ? "" + from : from + " to " + (to - 1),
              count,
              "#".repeat((int) Math.ceil((double) BAR * count / Math.max(1, nodes)))));
    }
    tables.table(title + ": neighbors on level 0", List.of("neighbors", "nodes", ""), rows);
    tables.table(
        title + ": nodes with the most links to them",
        List.of("node", "document", "links"),
        graph.hubs().stream().map(hub -> row(hub.node(), hub.document(), hub.inDegree())).toList());
  }

  private static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e9) {
      return "" + (long) value;
    }
    return Math.abs(value) < 0.1
        ? String.format(Locale.ROOT, "%.3g", value)
        : String.format(Locale.ROOT, "%.3f", value);
  }

  private static String bytes(long bytes) {
    if (bytes < 10_000) {
      return bytes + " B";
    }
    return bytes < 10_000_000
        ? String.format(Locale.ROOT, "%.1f KB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}

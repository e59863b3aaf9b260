/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.lucenelmdb.tools.explain.Neighborhood.Kind;
import org.lucenelmdb.tools.explain.Neighborhood.Link;
import org.lucenelmdb.tools.explain.Neighborhood.Node;

/**
 * Draws a neighborhood as SVG. Nodes are ordered by their nearness to the query from left to right,
 * and by their nearness to the document from bottom to top: ranks, not distances, so that nodes do
 * not overlap.
 */
final class Picture {

  private static final int WIDTH = 1040;
  private static final int HEIGHT = 720;
  private static final int MARGIN = 56;
  private static final int LEGEND_TOP = HEIGHT - 88;
  private static final int RADIUS = 7;
  private static final double BEND = 0.12;

  private static final String RED = "#c1121f";
  private static final String BLUE = "#1d6fb8";
  private static final String ORANGE = "#e07b00";
  private static final String GRAY = "#8a8a8a";
  private static final String LIGHT = "#cfd6dd";
  private static final String TEXT = "#222";

  private final StringBuilder svg = new StringBuilder();
  private final Map<Integer, double[]> places = new HashMap<>();

  private Picture() {}

  /** Returns the drawing, a document of XML. */
  static String of(Neighborhood neighborhood) {
    Picture picture = new Picture();
    picture.draw(neighborhood);
    return picture.svg.toString();
  }

  private void draw(Neighborhood neighborhood) {
    place(neighborhood.nodes());
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
            + " height=\"%d\" font-family=\"sans-serif\" font-size=\"11\" role=\"img\">%n",
        WIDTH, HEIGHT, WIDTH, HEIGHT);
    add("<title>The neighborhood of the document in the graph</title>%n");
    add("<defs>%n");
    for (Kind kind : Kind.values()) {
      add(
          "<marker id=\"arrow-%s\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\""
              + " markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
              + "<path d=\"M0 0L8 4L0 8z\" fill=\"%s\"/></marker>%n",
          name(kind), color(kind));
    }
    add("</defs>%n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>%n", WIDTH, HEIGHT);
    axes();
    neighborhood.links().stream()
        .sorted(Comparator.comparing(Link::kind).reversed())
        .forEach(this::link);
    neighborhood.nodes().reversed().forEach(this::node); // the document is on top
    legend();
    add("</svg>%n");
  }

  private void place(List<Node> nodes) {
    List<Node> byQuery =
        nodes.stream()
            .sorted(Comparator.comparing(Node::queryScore).reversed().thenComparing(Node::doc))
            .toList();
    List<Node> byDocument =
        nodes.stream()
            .sorted(
                Comparator.comparing(Node::isDocument)
                    .thenComparing(Node::documentScore)
                    .reversed()
                    .thenComparing(Node::doc))
            .toList();
    double most = Math.max(1, nodes.size() - 1);
    for (int i = 0; i < nodes.size(); i++) {
      double x = MARGIN + i / most * (WIDTH - 2 * MARGIN);
      places.computeIfAbsent(byQuery.get(i).doc(), doc -> new double[2])[0] = x;
      double y = LEGEND_TOP - 48 - i / most * (LEGEND_TOP - 48 - 40);
      places.computeIfAbsent(byDocument.get(i).doc(), doc -> new double[2])[1] = y;
    }
  }

  private void axes() {
    int bottom = LEGEND_TOP - 24;
    add("<path d=\"M28 24V%dH%d\" fill=\"none\" stroke=\"%s\"/>%n", bottom, WIDTH - 24, LIGHT);
    text(32, bottom + 16, "start", "nearest to the query");
    text(WIDTH - 24, bottom + 16, "end", "farther from the query (order, not distance)");
    add(
        "<text transform=\"translate(18 %d) rotate(-90)\" fill=\"%s\">nearest to the document"
            + "</text>%n",
        bottom, TEXT);
  }

  /** Draws a curve: straight lines would hide others, as many nodes are near the diagonal. */
  private void link(Link link) {
    double[] from = places.get(link.from());
    double[] to = places.get(link.to());
    double x = to[0] - from[0];
    double y = to[1] - from[1];
    double middleX = from[0] + x / 2 - BEND * y;
    double middleY = from[1] + y / 2 + BEND * x;
    double rest = Math.max(1, Math.hypot(to[0] - middleX, to[1] - middleY));
    double end = (rest - RADIUS - 2) / rest; // at the circle
    add(
        "<path class=\"link %s\" data-from=\"%d\" data-to=\"%d\" data-level=\"%d\""
            + " d=\"M%.1f %.1fQ%.1f %.1f %.1f %.1f\" fill=\"none\" %s"
            + " marker-end=\"url(#arrow-%s)\"><title>%d to %d, level %d</title></path>%n",
        name(link.kind()),
        link.from(),
        link.to(),
        link.level(),
        from[0],
        from[1],
        middleX,
        middleY,
        middleX + end * (to[0] - middleX),
        middleY + end * (to[1] - middleY),
        stroke(link.kind()),
        name(link.kind()),
        link.from(),
        link.to(),
        link.level());
  }

  private void node(Node node) {
    double[] at = places.get(node.doc());
    String name = node.isDocument() ? "document" : name(node.fate());
    add(
        "<g class=\"node %s%s\" data-doc=\"%d\"><title>document %d%s%s, score %s</title>",
        name,
        node.isEntry() ? " entry" : "",
        node.doc(),
        node.doc(),
        node.isEntry() ? ", the entry node" : "",
        node.expandedAt() == null ? ", not expanded" : ", expanded in step " + node.expandedAt(),
        node.queryScore());
    circle(at[0], at[1], node.isDocument() ? RADIUS + 2 : RADIUS, color(node), node.isEntry());
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\" fill=\"%s\"%s stroke=\"#fff\""
            + " stroke-width=\"3\" paint-order=\"stroke\">%d</text></g>%n",
        at[0],
        at[1] - RADIUS - 4,
        TEXT,
        node.isDocument() ? " font-weight=\"bold\" font-size=\"13\"" : "",
        node.doc());
  }

  private void circle(double x, double y, int radius, String fill, boolean hasRing) {
    add(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>",
        x, y, radius, fill, hasRing ? TEXT : "#fff");
  }

  private void legend() {
    String[][] nodes = {
      {RED, "the document"},
      {BLUE, "expanded"},
      {ORANGE, "scored, cut off by the beam"},
      {GRAY, "never reached"},
      {"#fff", "entry node (ring)"}
    };
    for (int i = 0; i < nodes.length; i++) {
      int x = MARGIN + i * 196;
      circle(x, LEGEND_TOP + 24, RADIUS, nodes[i][0], i == nodes.length - 1);
      text(x + 14, LEGEND_TOP + 28, "start", nodes[i][1]);
    }
    String[] links = {
      "path of the traversal", "shortest path not taken", "link to the document", "other link"
    };
    for (Kind kind : Kind.values()) {
      int x = MARGIN + kind.ordinal() * 196;
      add(
          "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" %s marker-end=\"url(#arrow-%s)\"/>%n",
          x - 8, LEGEND_TOP + 56, x + 28, LEGEND_TOP + 56, stroke(kind), name(kind));
      text(x + 36, LEGEND_TOP + 60, "start", links[kind.ordinal()]);
    }
  }

  private void text(int x, int y, String anchor, String text) {
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>%n",
        x, y, anchor, TEXT, text);
  }

  private static String color(Node node) {
    if (node.isDocument()) {
      return RED;
    }
    return switch (node.fate()) {
      case EXPANDED -> BLUE;
      case CUT_OFF -> ORANGE;
      case NEVER_REACHED -> GRAY;
    };
  }

  private static String color(Kind kind) {
    return switch (kind) {
      case TAKEN -> BLUE;
      case MISSING -> RED;
      case TO_DOCUMENT -> GRAY;
      case OTHER -> LIGHT;
    };
  }

  private static String stroke(Kind kind) {
    String style =
        switch (kind) {
          case TAKEN -> "stroke-width=\"2.5\"";
          case MISSING -> "stroke-width=\"2\" stroke-dasharray=\"6 4\"";
          case TO_DOCUMENT -> "stroke-width=\"1.3\"";
          case OTHER -> "stroke-width=\"1\"";
        };
    return "stroke=\"" + color(kind) + "\" " + style;
  }

  /** The class of a fate or a kind in the drawing. */
  static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format.replace("%n", "\n"), arguments));
  }
}

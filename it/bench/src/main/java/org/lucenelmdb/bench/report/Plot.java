/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;

/**
 * A plot of lines or horizontal bars. All values and names are computed here; the script only
 * draws.
 *
 * @param id identifies the plot in the page
 * @param title shown above the plot
 * @param kind of drawing
 * @param x of bars, the axis of their lengths
 * @param y of bars, null
 * @param categories of bars, the names of the rows; else empty
 * @param series lines, or parts of the bars
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Plot(
    String id,
    String title,
    Kind kind,
    Axis x,
    Axis y,
    List<String> categories,
    List<Series> series) {

  /** The kind of drawing. */
  public enum Kind {
    LINES,
    /** The parts of a bar follow each other, and add up to a total. */
    STACKED,
    /** The parts of a row are bars below each other. */
    GROUPED
  }

  /**
   * A line, or the same part of all bars.
   *
   * @param name for the legend
   * @param style of an engine, or null
   * @param points in the order of the line
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Series(String name, Style style, List<Point> points) {}

  /**
   * A point.
   *
   * @param x of bars, the length
   * @param y of bars, the index of the category
   * @param tip the text of the tooltip
   */
  public record Point(double x, double y, String tip) {}

  /** Begins a plot of lines. */
  public static Builder lines(String id, String title, Axis x, Axis y) {
    return new Builder(id, title, Kind.LINES, x, y, List.of());
  }

  /** Begins a plot of bars. */
  public static Builder bars(String id, String title, Kind kind, Axis x, List<String> categories) {
    return new Builder(id, title, kind, x, null, categories);
  }

  /** Whether there is nothing to draw. */
  @JsonIgnore
  public boolean isEmpty() {
    return series.isEmpty();
  }

  /** The same values as a table, for accessibility and exact numbers. */
  Table table() {
    Table.Builder table =
        Table.builder(title, 1, kind == Kind.LINES ? "line" : "part", "what", "value");
    for (Series one : series) {
      for (Point point : one.points) {
        List<String> tip = point.tip.lines().toList();
        table.row(one.name, String.join(", ", tip.subList(0, tip.size() - 1)), tip.getLast());
      }
    }
    return table.build();
  }

  /** Collects series, without empty ones. */
  public static final class Builder {

    private final String id;
    private final String title;
    private final Kind kind;
    private final Axis x;
    private final Axis y;
    private final List<String> categories;
    private final List<Series> series = new ArrayList<>();

    private Builder(String id, String title, Kind kind, Axis x, Axis y, List<String> categories) {
      this.id = id;
      this.title = title;
      this.kind = kind;
      this.x = x;
      this.y = y;
      this.categories = categories;
    }

    /** Skips points that are not numbers, or have no logarithm on a logarithmic axis. */
    public Builder series(String name, Style style, List<Point> points) {
      List<Point> selected =
          points.stream().filter(p -> drawable(x, p.x) && drawable(y, p.y)).toList();
      if (!selected.isEmpty()) {
        series.add(new Series(name, style, selected));
      }
      return this;
    }

    private static boolean drawable(Axis axis, double value) {
      return Double.isFinite(value) && (axis == null || !axis.log() || value > 0);
    }

    /** Ends the plot. */
    public Plot build() {
      return new Plot(id, title, kind, x, y, categories, List.copyOf(series));
    }
  }
}

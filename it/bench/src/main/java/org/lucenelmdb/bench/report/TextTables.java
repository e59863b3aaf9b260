/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Draws tables with characters. A table that is too wide is split into several. */
record TextTables(PrintWriter out) {

  /** In characters; fits a terminal beside another window. */
  static final int WIDTH = 110;

  /** Wider keys are shortened, because each part of a split table repeats them. */
  private static final int WIDEST_KEYS = 75;

  /** The width of a column's borders. */
  private static final int BORDER = 3;

  void print(Table table) {
    out.println();
    printText("", "  ", table.title());
    int[] widths = widths(table);
    List<Integer> keys = IntStream.range(0, table.keys()).boxed().toList();
    int available = WIDTH - 1 - keys.stream().mapToInt(i -> widths[i] + BORDER).sum();
    List<Integer> part = new ArrayList<>();
    int used = 0;
    for (int i = table.keys(); i < table.headers().size(); i++) {
      int width = widths[i] + BORDER;
      if (!part.isEmpty() && used + width > available) {
        print(table, widths, Stream.concat(keys.stream(), part.stream()).toList());
        part.clear();
        used = 0;
      }
      part.add(i);
      used += width;
    }
    print(table, widths, Stream.concat(keys.stream(), part.stream()).toList());
  }

  /** The widths of the columns' texts, without borders; shortened only if they do not fit. */
  private static int[] widths(Table table) {
    int columns = table.headers().size();
    int keys = table.keys();
    int maxWidthOfKeys = keys == columns ? WIDTH - 1 : WIDEST_KEYS;
    int[] widths = IntStream.range(0, columns).map(i -> widest(table, i)).toArray();
    while (IntStream.range(0, keys).map(i -> widths[i] + BORDER).sum() > maxWidthOfKeys) {
      int longest = 0;
      for (int i = 1; i < keys; i++) {
        longest = widths[i] > widths[longest] ? i : longest;
      }
      widths[longest]--;
    }
    int widthOfKeys = IntStream.range(0, keys).map(i -> widths[i] + BORDER).sum();
    for (int i = keys; i < columns; i++) {
      widths[i] = Math.min(widths[i], WIDTH - 1 - BORDER - widthOfKeys);
    }
    return widths;
  }

  private static int widest(Table table, int column) {
    return Stream.concat(
            Stream.of(table.headers().get(column)),
            table.rows().stream().map(row -> row.get(column)))
        .mapToInt(String::length)
        .max()
        .orElse(0);
  }

  private void print(Table table, int[] widths, List<Integer> columns) {
    Column[] headers =
        columns.stream()
            .map(
                i ->
                    new Column()
                        .header(clean(table.headers().get(i)))
                        .headerAlign(align(table, i))
                        .dataAlign(align(table, i))
                        .maxWidth(widths[i] + 2, OverflowBehaviour.ELLIPSIS_RIGHT))
            .toArray(Column[]::new);
    String[][] rows =
        table.rows().stream()
            .map(row -> columns.stream().map(i -> clean(row.get(i))).toArray(String[]::new))
            .toArray(String[][]::new);
    AsciiTable.builder()
        .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS)
        .data(headers, rows)
        .asString()
        .lines()
        .forEach(out::println);
  }

  private static HorizontalAlign align(Table table, int column) {
    return column < table.keys() ? HorizontalAlign.LEFT : HorizontalAlign.RIGHT;
  }

  /** Removes control characters, which a terminal would obey: names come from files. */
  static String clean(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** Breaks a text into lines between words. */
  void printText(String first, String indent, String text) {
    StringBuilder line = new StringBuilder(first);
    boolean empty = true;
    for (String word : clean(text).split(" +")) {
      if (!empty && line.length() + 1 + word.length() > WIDTH) {
        out.println(line);
        line = new StringBuilder(indent);
        empty = true;
      }
      line.append(empty ? "" : " ").append(word);
      empty = false;
    }
    out.println(line);
  }
}

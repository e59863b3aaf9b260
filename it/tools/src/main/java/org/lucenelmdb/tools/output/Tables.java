/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.output;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.HorizontalAlign;
import com.github.freva.asciitable.OverflowBehaviour;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.IntStream;

/** Prints texts and tables for humans. */
public final class Tables {

  private static final int MAX_WIDTH = 80;

  /** A number with an optional unit, or nothing. */
  private static final String NUMBER = "(-?[0-9][0-9.,]*( ?%| [a-zA-Zµ]+)?)?";

  private final PrintWriter out;

  /** Creates an instance that prints to a writer. */
  public Tables(PrintWriter out) {
    this.out = out;
  }

  /** Prints a line. */
  public void line(String text) {
    out.println(clean(text));
  }

  /**
   * Prints a table. Columns of numbers are aligned on the right.
   *
   * @param title printed above it; null for none
   * @param headers of the columns
   * @param rows with as many cells as there are headers
   */
  public void table(String title, List<String> headers, List<List<String>> rows) {
    if (title != null) {
      out.println();
      line(title);
    }
    Column[] columns =
        IntStream.range(0, headers.size())
            .mapToObj(i -> column(headers.get(i), rows.stream().map(row -> row.get(i)).toList()))
            .toArray(Column[]::new);
    String[][] cells =
        rows.stream()
            .map(row -> row.stream().map(Tables::clean).toArray(String[]::new))
            .toArray(String[][]::new);
    AsciiTable.builder()
        .border(AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS)
        .data(columns, cells)
        .asString()
        .lines()
        .forEach(out::println);
  }

  private static Column column(String header, List<String> cells) {
    boolean isNumeric = cells.stream().allMatch(cell -> cell.matches(NUMBER));
    HorizontalAlign align = isNumeric ? HorizontalAlign.RIGHT : HorizontalAlign.LEFT;
    return new Column()
        .header(clean(header))
        .headerAlign(align)
        .dataAlign(align)
        .maxWidth(MAX_WIDTH, OverflowBehaviour.NEWLINE);
  }

  /** Removes control characters, which a terminal would obey: names come from files. */
  private static String clean(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.io.PrintWriter;
import java.util.List;
import org.lucenelmdb.bench.result.Comparison;

/** Two runs side by side, as tables. */
public final class ComparisonReport {

  private final PrintWriter out;
  private final TextTables tables;

  public ComparisonReport(PrintWriter out) {
    this.out = out;
    this.tables = new TextTables(out);
  }

  public void print(Comparison comparison) {
    if (!comparison.differences().isEmpty()) {
      out.println("The runs also differ in their setup:");
      comparison.differences().forEach(d -> tables.printText("  ! ", "    ", d));
    }
    if (comparison.rows().isEmpty()) {
      out.println("The runs have no figure in common.");
    } else {
      tables.printText(
          "",
          "",
          "Ratio: the second run's median divided by the first's, and the range over all"
              + " pairs of rounds. A figure is called better or worse if that range excludes 1.");
    }
    comparison.rows().stream()
        .map(Comparison.Row::engine)
        .distinct()
        .forEach(
            engine ->
                tables.print(
                    table(
                        comparison.rows().stream()
                            .filter(r -> r.engine().equals(engine))
                            .toList())));
    out.flush();
  }

  private static Table table(List<Comparison.Row> rows) {
    Comparison.Row first = rows.getFirst();
    Table.Builder table =
        Table.builder(
            first.engine() + ", " + Format.count(first.vectors()) + " vectors",
            1,
            "figure",
            "first",
            "second",
            "ratio",
            "");
    for (Comparison.Row row : rows) {
      table.row(
          row.figure(),
          number(row, row.before().median()),
          number(row, row.after().median()),
          Format.ratio(row.ratio()),
          row.improved() ? "better" : row.worsened() ? "worse" : "");
    }
    return table.build();
  }

  private static String number(Comparison.Row row, double value) {
    return row.figure().startsWith("recall") ? Format.recall(value) : Format.number(value);
  }
}

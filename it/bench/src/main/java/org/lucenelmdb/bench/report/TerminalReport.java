/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.io.PrintWriter;
import org.lucenelmdb.bench.result.Result;

/** A result as tables of at most {@value TextTables#WIDTH} columns. */
public final class TerminalReport {

  private final PrintWriter out;
  private final TextTables tables;

  public TerminalReport(PrintWriter out) {
    this.out = out;
    this.tables = new TextTables(out);
  }

  public void print(Result result) {
    for (Head.Line line : Head.lines(result)) {
      tables.printText(Format.text("%-10s ", line.name()), " ".repeat(11), line.text());
    }
    tables.print(Head.engines(result));
    if (!result.warnings().isEmpty()) {
      out.println();
      out.println("Warnings:");
      Head.warnings(result).forEach(warning -> tables.printText("  ! ", "    ", warning));
    }
    for (Section section : Sections.of(Findings.withNames(result))) {
      out.println();
      out.println("== " + section.title() + " ==");
      tables.printText("", "", section.note());
      section.tables().forEach(tables::print);
    }
    out.flush();
  }
}

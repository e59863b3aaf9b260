/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.lucenelmdb.bench.report.HtmlPage;
import org.lucenelmdb.bench.report.Section;
import org.lucenelmdb.bench.report.Table;
import org.lucenelmdb.tools.output.Output;

/** A diagnosis as a page with plots. */
final class DoctorReport {

  private DoctorReport() {}

  /** Writes the page. Replaces the file if there is one. */
  static void write(Diagnosis diagnosis, Path file) throws IOException {
    page(diagnosis).write(file);
  }

  /** Returns the page: the verdicts, all findings, then the figures of each field. */
  static HtmlPage page(Diagnosis diagnosis) {
    List<HtmlPage.Fact> facts = new ArrayList<>();
    List<String> causes = new ArrayList<>();
    List<Table> tables = new ArrayList<>();
    List<Section> sections = new ArrayList<>();
    facts.add(new HtmlPage.Fact("index", diagnosis.index(), true));
    for (int i = 0; i < diagnosis.fields().size(); i++) {
      FieldDiagnosis field = diagnosis.fields().get(i);
      String name = "field " + field.field();
      facts.add(new HtmlPage.Fact(name, DoctorTables.verdict(field), false));
      facts.add(
          new HtmlPage.Fact(
              "vectors",
              text(
                  "%,d (%,d deleted), %s, %d dimensions, %s",
                  field.vectors(),
                  field.deleted(),
                  field.encoding(),
                  field.dimension(),
                  field.metric()),
              false));
      facts.add(
          new HtmlPage.Fact(
              "queries", text("%d, %s", field.queries(), field.querySource()), false));
      for (Finding finding : field.findings()) {
        if (finding.isCause()) {
          causes.add(
              text(
                  "%s: %s Measured: %s. %s",
                  finding.name(), finding.text(), finding.figure(), finding.advice()));
        }
      }
      tables.add(findings(field));
      sections.addAll(new FieldSections(field, i).all());
    }
    tables.removeIf(Table::isEmpty);
    return new HtmlPage(
        "Diagnosis of " + diagnosis.index(),
        facts,
        "Causes",
        causes,
        tables,
        sections,
        Output.toJson(diagnosis));
  }

  private static Table findings(FieldDiagnosis field) {
    Table.Builder table =
        Table.builder(
            "Findings in the field " + field.field(), 4, "finding", "severity", "what", "measured");
    table.column("what to do");
    for (Finding finding : field.findings()) {
      table.row(
          finding.name(),
          finding.isCause() ? "cause" : "note",
          finding.text(),
          finding.figure(),
          finding.advice());
    }
    return table.build();
  }
}

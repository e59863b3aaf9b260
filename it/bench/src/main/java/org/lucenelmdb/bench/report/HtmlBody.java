/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.List;

/** The texts and tables of the page, and the placeholders of its plots. */
final class HtmlBody {

  /** The number of tables of a section that are shown without a click. */
  private static final int FIRST_TABLES = 8;

  private final StringBuilder html = new StringBuilder();

  String of(HtmlPage page) {
    head(page);
    navigation(page.sections());
    page.sections().forEach(this::section);
    return html.toString();
  }

  private void head(HtmlPage page) {
    html.append("<h1>").append(Html.text(page.title()));
    html.append("</h1>\n<dl>\n");
    for (HtmlPage.Fact fact : page.facts()) {
      html.append("<dt>").append(Html.text(fact.name())).append("</dt><dd>");
      html.append(fact.isCode() ? "<code>" : "").append(Html.text(fact.text()));
      html.append(fact.isCode() ? "</code>" : "").append("</dd>\n");
    }
    html.append("</dl>\n");
    if (page.warnings().isEmpty() == false) {
      html.append("<div class=\"warnings\"><h2>").append(Html.text(page.warningsTitle()));
      html.append("</h2><ul>\n");
      page.warnings()
          .forEach(warning -> html.append("<li>").append(Html.text(warning)).append("</li>\n"));
      html.append("</ul></div>\n");
    }
    page.tables().forEach(table -> table(table, false));
  }

  private void navigation(List<Section> sections) {
    html.append("<nav aria-label=\"Sections\">\n");
    for (Section section : sections) {
      html.append("<a href=\"#").append(Html.text(section.id())).append("\">");
      html.append(Html.text(section.title())).append("</a>\n");
    }
    html.append("</nav>\n");
  }

  private void section(Section section) {
    html.append("<section id=\"").append(Html.text(section.id())).append("\">\n<h2>");
    html.append(Html.text(section.title())).append("</h2>\n<p>");
    html.append(Html.text(section.note())).append("</p>\n");
    if (!section.plots().isEmpty()) {
      html.append("<div class=\"plots\">\n");
      section.plots().forEach(this::plot);
      html.append("</div>\n");
    }
    tables(section.tables());
    html.append("</section>\n");
  }

  /** A placeholder that the script finds by its id. */
  private void plot(Plot plot) {
    html.append("<figure class=\"plot\" id=\"plot-").append(Html.text(plot.id())).append("\">\n");
    html.append("<figcaption>").append(Html.text(plot.title())).append("</figcaption>\n");
    html.append("<div class=\"legend\"></div>\n<div class=\"chart\"></div>\n");
    html.append("<details><summary>Data of this plot</summary>\n");
    rows(plot.table());
    html.append("</details>\n</figure>\n");
  }

  /** Each filter has a table, so all of them would fill a page. */
  private void tables(List<Table> tables) {
    int first = Math.min(FIRST_TABLES, tables.size());
    tables.subList(0, first).forEach(table -> table(table, true));
    if (first < tables.size()) {
      html.append("<details><summary>").append(tables.size() - first).append(" more tables");
      html.append("</summary><div class=\"more\">\n");
      tables.subList(first, tables.size()).forEach(table -> table(table, true));
      html.append("</div></details>\n");
    }
  }

  private void table(Table table, boolean closed) {
    html.append(closed ? "<details>" : "<details open>").append("<summary>");
    html.append(Html.text(table.title())).append("</summary>\n");
    rows(table);
    html.append("</details>\n");
  }

  private void rows(Table table) {
    html.append("<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
    for (int i = 0; i < table.headers().size(); i++) {
      html.append(i < table.keys() ? "<th scope=\"col\" class=\"key\">" : "<th scope=\"col\">");
      html.append(Html.text(table.headers().get(i))).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
    for (List<String> row : table.rows()) {
      html.append("<tr>");
      for (int i = 0; i < row.size(); i++) {
        html.append(i < table.keys() ? "<td class=\"key\">" : "<td>");
        html.append(Html.text(row.get(i))).append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }
}

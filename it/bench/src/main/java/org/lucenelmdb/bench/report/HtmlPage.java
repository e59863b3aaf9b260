/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A self-contained page with plots. All content is in the page as text and tables, too; its script
 * only draws the plots.
 *
 * @param title of the page
 * @param facts shown below the title
 * @param warningsTitle the heading of the warnings
 * @param warnings sentences; none if there is nothing to warn of
 * @param tables shown before the sections
 * @param sections with ids that differ, as do the ids of their plots
 * @param json what the reader can save as a file
 */
public record HtmlPage(
    String title,
    List<Fact> facts,
    String warningsTitle,
    List<String> warnings,
    List<Table> tables,
    List<Section> sections,
    String json) {

  private static final Pattern PLACEHOLDER = Pattern.compile("@([A-Z]+)@");

  /**
   * A line below the title.
   *
   * @param isCode whether the text is a command
   */
  public record Fact(String name, String text, boolean isCode) {}

  /** Writes the page. Replaces the file if there is one. */
  public void write(Path file) throws IOException {
    Map<String, String> parts =
        Map.of(
            "TITLE", Html.text(title),
            "STYLE", Resources.text("report.css"),
            "BODY", new HtmlBody().of(this),
            "RESULT", Html.json(json),
            "PLOTS", Html.json(plots()),
            "ECHARTS", Html.script(Resources.echarts()),
            "SCRIPT", Html.script(Resources.text("report.js")));
    String page =
        PLACEHOLDER
            .matcher(Resources.text("report.html"))
            .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1))));
    Files.writeString(file, page);
  }

  private String plots() {
    try {
      return new JsonMapper()
          .writeValueAsString(sections.stream().flatMap(s -> s.plots().stream()).toList());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // records of strings and numbers always have a JSON form
    }
  }
}

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
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.ResultFile;

/**
 * A result as a self-contained page with plots. All content is in the page as text and tables, too;
 * its script only draws the plots.
 */
public final class HtmlReport {

  private static final Pattern PLACEHOLDER = Pattern.compile("@([A-Z]+)@");

  private HtmlReport() {}

  /** Replaces the file if there is one. */
  public static void write(Result result, Path file) throws IOException {
    List<Section> sections = Sections.of(Findings.withLabels(result));
    Map<String, String> parts =
        Map.of(
            "TITLE", Html.text("Benchmark of " + result.setup().data()),
            "STYLE", Resources.text("report.css"),
            "BODY", new HtmlBody().of(result, sections),
            "RESULT", Html.json(ResultFile.toJson(result)),
            "PLOTS", Html.json(plots(sections)),
            "ECHARTS", Html.script(Resources.echarts()),
            "SCRIPT", Html.script(Resources.text("report.js")));
    String page =
        PLACEHOLDER
            .matcher(Resources.text("report.html"))
            .replaceAll(match -> Matcher.quoteReplacement(parts.get(match.group(1))));
    Files.writeString(file, page);
  }

  private static String plots(List<Section> sections) {
    try {
      return new JsonMapper()
          .writeValueAsString(sections.stream().flatMap(s -> s.plots().stream()).toList());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // records of strings and numbers always have a JSON form
    }
  }
}

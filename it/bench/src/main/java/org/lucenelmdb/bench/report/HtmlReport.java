/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.ResultFile;

/** A result as a self-contained page with plots. */
public final class HtmlReport {

  private HtmlReport() {}

  /** Replaces the file if there is one. */
  public static void write(Result result, Path file) throws IOException {
    List<HtmlPage.Fact> facts =
        Head.lines(result).stream()
            .map(line -> new HtmlPage.Fact(line.name(), line.text(), line.name().equals("command")))
            .toList();
    new HtmlPage(
            "Benchmark of " + result.setup().data(),
            facts,
            "Warnings",
            Head.warnings(result),
            List.of(Head.engines(result)),
            Sections.of(Findings.withLabels(result)),
            ResultFile.toJson(result))
        .write(file);
  }
}

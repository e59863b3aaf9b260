/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.lucenelmdb.tools.index.IndexException;

/** The report of an explanation in a file: a page, or the drawing alone. */
final class Report {

  private static final String STYLE =
      """
      body { font: 15px/1.5 sans-serif; color: #222; background: #fff; max-width: 1080px;
        margin: 2em auto; padding: 0 1em }
      table { border-collapse: collapse; margin-bottom: 1.5em }
      caption { text-align: left; font-weight: bold; padding: .4em 0 }
      th, td { text-align: left; padding: .2em .8em .2em 0; border-bottom: 1px solid #ddd;
        vertical-align: top }
      svg { max-width: 100%; height: auto; border: 1px solid #ddd }
      figure { margin: 0 }
      .index { color: #666; overflow-wrap: anywhere }
      .verdict { font-size: 1.15em }
      """;

  private Report() {}

  /** Whether a name is that of a page or a drawing. */
  static boolean isSupported(Path file) {
    return isPage(file) || isDrawing(file);
  }

  private static boolean isPage(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".html");
  }

  private static boolean isDrawing(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".svg");
  }

  /**
   * Writes the file.
   *
   * @throws IndexException if only the drawing is wanted, and there is none
   */
  static void write(Explained explained, Path file) throws IOException {
    Neighborhood neighborhood = explained.neighborhood();
    if (isPage(file)) {
      Files.writeString(file, page(explained));
      return;
    }
    if (neighborhood == null) {
      throw new IndexException(
          file + ": expected a graph to draw; found none for the document, but .html has the text");
    }
    Files.writeString(
        file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + Picture.of(neighborhood));
  }

  private static String page(Explained explained) {
    Explanation facts = explained.explanation();
    StringBuilder html = new StringBuilder();
    String title = "Document " + facts.document().doc() + ", field " + facts.field();
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .append("<title>" + escape(title) + "</title>\n<style>\n" + STYLE + "</style>\n</head>\n")
        .append("<body>\n<h1>" + escape(title) + "</h1>\n")
        .append("<p class=\"index\">" + escape(facts.index()) + "</p>\n")
        .append("<p class=\"verdict\">" + escape(facts.verdict()) + "</p>\n");
    if (facts.advice() != null) {
      html.append("<p class=\"advice\">" + escape(facts.advice()) + "</p>\n");
    }
    if (explained.neighborhood() != null) {
      html.append("<h2>Neighborhood</h2>\n<figure>\n" + Picture.of(explained.neighborhood()))
          .append("</figure>\n");
    }
    html.append("<h2>Facts</h2>\n");
    for (ExplanationTables.Table table : ExplanationTables.of(facts)) {
      html.append("<table>\n<caption>" + escape(table.title()) + "</caption>\n")
          .append(cells("th", table.headers()));
      table.rows().forEach(row -> html.append(cells("td", row)));
      html.append("</table>\n");
    }
    return html.append("</body>\n</html>\n").toString();
  }

  private static String cells(String tag, List<String> cells) {
    return cells.stream()
        .map(cell -> "<" + tag + ">" + escape(cell) + "</" + tag + ">")
        .collect(Collectors.joining("", "<tr>", "</tr>\n"));
  }

  private static String escape(String text) {
    return text.replaceAll("\\p{Cntrl}", "?")
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}

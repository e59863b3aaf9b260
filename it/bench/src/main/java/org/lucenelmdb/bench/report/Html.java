/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.Locale;

/** Texts inside a page: whatever they contain, they end where they should. */
final class Html {

  private Html() {}

  /** As text, or as an attribute in double quotes. */
  static String text(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** JSON inside a script element: these characters occur within strings only. */
  static String json(String json) {
    return json.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /**
   * A program inside a script element.
   *
   * @throws IllegalArgumentException if the program has what a browser would take for its end, or
   *     for the start of a comment that hides its end
   */
  static String script(String program) {
    String lower = program.toLowerCase(Locale.ROOT);
    if (lower.contains("</script") || lower.contains("<!--")) {
      throw new IllegalArgumentException("the script cannot stand in a page");
    }
    return program;
  }
}

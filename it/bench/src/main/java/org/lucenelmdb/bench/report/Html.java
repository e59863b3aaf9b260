/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.Locale;

/** Escapes texts for use inside a page. */
final class Html {

  private Html() {}

  /** Escapes text content, or an attribute in double quotes. */
  static String text(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** Escapes JSON inside a script element: the escaped characters occur within strings only. */
  static String json(String json) {
    return json.replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("&", "\\u0026")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029");
  }

  /**
   * Checks a program that goes inside a script element.
   *
   * @throws IllegalArgumentException if the program contains a sequence that a browser would take
   *     for its end, or for the start of a comment that hides its end
   */
  static String script(String program) {
    String lower = program.toLowerCase(Locale.ROOT);
    if (lower.contains("</script") || lower.contains("<!--")) {
      throw new IllegalArgumentException(
          "the script contains a sequence that would end its element");
    }
    return program;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;

/** The last non-blank lines of a program's output. */
final class Tail {

  private static final int LINES = 20;

  private final Deque<String> lines = new ArrayDeque<>();

  void add(String line) {
    if (line.isBlank()) {
      return;
    }
    if (lines.size() == LINES) {
      lines.removeFirst();
    }
    lines.addLast(line);
  }

  String last() {
    return lines.isEmpty() ? "no message" : lines.getLast().strip();
  }

  /**
   * The last line that contains an error, or else the last one: installers print more after an
   * error.
   */
  String lastError() {
    for (Iterator<String> i = lines.descendingIterator(); i.hasNext(); ) {
      String line = i.next();
      if (line.strip().toLowerCase(Locale.ROOT).startsWith("error")) {
        return line.strip();
      }
    }
    return last();
  }

  /** The lines, each after a line break. */
  String asLines() {
    return lines.isEmpty() ? "" : ":\n" + String.join("\n", lines);
  }
}

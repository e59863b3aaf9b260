/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;

/** The last lines of what a program prints; blank ones do not count. */
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
   * The last line that calls itself an error, or else the last one: installers talk on after it.
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

  /** A line break before each. */
  String asLines() {
    return lines.isEmpty() ? "" : ":\n" + String.join("\n", lines);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the entries of a node's log that tell of a failure. */
final class NodeLog {

  /** How {@link ServerMain} begins the line about a thread that outlived its node. */
  static final String THREAD_LEFT = "thread of the plugin left: ";

  /** The level and the logger; see {@code log4j2.properties}. */
  private static final Pattern ENTRY =
      Pattern.compile("\\[\\d\\d:\\d\\d:\\d\\d,\\d{3}]\\[([A-Z]+) *]\\[(.*?)] .*");

  private static final Set<String> LEVELS = Set.of("WARN", "ERROR", "FATAL");

  private static final Pattern FAILURE =
      Pattern.compile("\\b\\w*(Exception|Error)\\b|" + THREAD_LEFT + "|^\\tat ");

  /** What every node of the tests may log: its settings, and a machine that is busy. */
  private static final List<Pattern> ALWAYS =
      Stream.of(
              "gateway.auto_import_dangling_indices is disabled",
              "above the warn threshold",
              "timer thread slept for",
              "\\[gc]")
          .map(Pattern::compile)
          .toList();

  /** Of an entry, to keep messages of failed tests short. */
  private static final int MAX_LINES = 12;

  private NodeLog() {}

  /**
   * Entries of a level above INFO, and those with an exception.
   *
   * @param expected patterns of entries to leave out; each is searched in the whole entry
   */
  static List<String> problems(List<String> lines, Pattern... expected) {
    List<String> problems = new ArrayList<>();
    for (List<String> entry : entries(lines)) {
      String text = String.join("\n", entry);
      if (isFailure(entry)
          && Stream.concat(ALWAYS.stream(), Arrays.stream(expected))
              .noneMatch(pattern -> pattern.matcher(text).find())) {
        problems.add(String.join("\n", entry.subList(0, Math.min(entry.size(), MAX_LINES))));
      }
    }
    return problems;
  }

  /** An entry is a line with a time, and the lines below it that have none. */
  private static List<List<String>> entries(List<String> lines) {
    List<List<String>> entries = new ArrayList<>();
    entries.add(new ArrayList<>());
    for (String line : lines) {
      if (ENTRY.matcher(line).matches()) {
        entries.add(new ArrayList<>());
      }
      entries.getLast().add(line);
    }
    return entries;
  }

  private static boolean isFailure(List<String> entry) {
    Matcher first = ENTRY.matcher(entry.isEmpty() ? "" : entry.getFirst());
    return first.matches() && LEVELS.contains(first.group(1))
        || entry.stream().anyMatch(line -> FAILURE.matcher(line).find());
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.index;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;

/** The options with which a segment was written, as the segment tells them. */
public record WriterOptions(Map<String, String> values) {

  /**
   * Parses {@code name=value, name=value}.
   *
   * @param text null if the segment does not tell
   */
  public static WriterOptions parse(String text) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String part : text == null ? new String[0] : text.split(", ")) {
      int at = part.indexOf('=');
      if (at > 0) {
        values.put(part.substring(0, at), part.substring(at + 1));
      }
    }
    return new WriterOptions(values);
  }

  /** Returns a value; {@code unknown} if the segment does not tell. */
  public String get(String name) {
    return values.getOrDefault(name, "unknown");
  }

  /** Whether a number is known, and below another one. */
  public boolean isBelow(String name, int other) {
    OptionalInt value = number(name);
    return value.isPresent() && value.getAsInt() < other;
  }

  /** Returns a number; empty if the segment does not tell. */
  public OptionalInt number(String name) {
    try {
      return values.containsKey(name)
          ? OptionalInt.of(Integer.parseInt(values.get(name)))
          : OptionalInt.empty();
    } catch (NumberFormatException e) {
      return OptionalInt.empty(); // another version may have other values
    }
  }
}

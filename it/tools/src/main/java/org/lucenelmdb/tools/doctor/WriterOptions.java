/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.util.LinkedHashMap;
import java.util.Map;

/** The options with which a segment was written, as the segment tells them. */
record WriterOptions(Map<String, String> values) {

  /**
   * Parses {@code name=value, name=value}.
   *
   * @param text null if the segment does not tell
   */
  static WriterOptions parse(String text) {
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
  String get(String name) {
    return values.getOrDefault(name, "unknown");
  }

  /** Whether the value is known, and below another one. */
  boolean isBelow(String name, int other) {
    try {
      return values.containsKey(name) && Integer.parseInt(values.get(name)) < other;
    } catch (NumberFormatException e) {
      return false; // another version may have other values
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Collects findings. It keeps the first ones, and counts the others. */
final class Findings {

  private static final int MAX_KEPT = 1000;

  /** A place with more findings than this adds no information. */
  private static final int MAX_PER_PLACE = 20;

  private static final String SPLIT = "; found ";

  private final List<Finding> kept = new ArrayList<>();
  private String segment = "";
  private long count;
  private String lastPlace = "";
  private int ofPlace;

  /** Sets the segment of the next findings; empty for the index. */
  void setSegment(String name) {
    segment = name;
    lastPlace = "";
  }

  /** Adds a finding. */
  void add(String where, String expected, Object found) {
    add(where, where, expected, found);
  }

  /**
   * Adds a finding.
   *
   * @param part the part of the segment, of which a limited number of findings is kept
   */
  void add(String part, String where, String expected, Object found) {
    count++;
    ofPlace = part.equals(lastPlace) ? ofPlace + 1 : 1;
    lastPlace = part;
    if (ofPlace <= MAX_PER_PLACE && kept.size() < MAX_KEPT) {
      kept.add(new Finding(segment, where, expected, String.valueOf(found)));
    }
  }

  /** Adds a finding if a condition does not hold; returns the condition. */
  boolean check(boolean isRight, String where, String expected, Object found) {
    if (isRight == false) {
      add(where, expected, found);
    }
    return isRight;
  }

  /** Adds a finding if two numbers differ; returns whether they are equal. */
  boolean checkEqual(String where, String what, long expected, long found) {
    return check(expected == found, where, what + " " + expected, found);
  }

  /** Adds what an exception tells. */
  void add(String where, Throwable failure) {
    add(where, where, failure);
  }

  /** Adds what an exception tells of a place in a part. */
  void add(String part, String where, Throwable failure) {
    String message = FileCheck.message(failure);
    int split = message.indexOf(SPLIT);
    if (split > 0) { // a message of this project has the same form
      add(part, where, message.substring(0, split), message.substring(split + SPLIT.length()));
    } else {
      String kind = failure instanceof IOException ? "" : failure.getClass().getSimpleName() + ": ";
      add(part, where, "bytes that can be read", kind + message);
    }
  }

  /** The first findings. */
  List<Finding> kept() {
    return List.copyOf(kept);
  }

  /** The number of all findings. */
  long count() {
    return count;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.util.Arrays;
import java.util.Locale;

/** The kind of a declaration with a javadoc comment. */
public enum Kind {
  PACKAGE,
  CLASS,
  INTERFACE,
  ENUM,
  RECORD,
  ANNOTATION,
  CONSTRUCTOR,
  METHOD,
  FIELD;

  /** Returns the kind of a name, in any case. */
  static Kind of(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + name + "' is none of " + Arrays.toString(values())));
  }

  /** The name in the index, in output and on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

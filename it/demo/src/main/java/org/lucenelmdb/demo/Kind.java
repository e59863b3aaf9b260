/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.util.Arrays;
import java.util.Locale;

/** What sort of declaration a javadoc comment stands on. */
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

  /** The kind of this name, in any case. */
  static Kind of(String name) {
    return Arrays.stream(values())
        .filter(kind -> kind.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + name + "' is none of " + Arrays.toString(values())));
  }

  /** The name as it is indexed, printed and typed on the command line. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}

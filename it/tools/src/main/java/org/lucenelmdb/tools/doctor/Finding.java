/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A condition of an index.
 *
 * @param name a name for scripts, which does not change
 * @param severity whether recall or cost suffers
 * @param text the condition in words
 * @param figure what was measured
 * @param advice what to do
 */
record Finding(String name, Severity severity, String text, String figure, String advice) {

  /** Whether recall or cost suffers. */
  enum Severity {
    /** Recall or cost suffers from the condition. */
    @JsonProperty("cause")
    CAUSE,
    /** The condition does no harm that was measured. */
    @JsonProperty("note")
    NOTE
  }

  boolean isCause() {
    return severity == Severity.CAUSE;
  }
}

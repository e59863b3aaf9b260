/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.IOException;

/** The system cannot limit memory. The message is one line that names what was tried. */
public final class UnsupportedLimitException extends IOException {

  private static final long serialVersionUID = 1;

  public UnsupportedLimitException(String message) {
    super(message);
  }
}

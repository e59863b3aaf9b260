/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;

/**
 * The user's data cannot be used. The message is a single line: the file, what was expected and
 * what was found.
 */
public final class BadDataException extends IOException {

  private static final long serialVersionUID = 1;

  /** Creates an exception with a message of one line. */
  public BadDataException(String message) {
    super(message);
  }
}

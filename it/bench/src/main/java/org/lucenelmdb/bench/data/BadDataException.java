/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;

/**
 * The user's data cannot be used. The message is one line that says all there is to know: the file,
 * what was expected and what was found.
 */
public final class BadDataException extends IOException {

  private static final long serialVersionUID = 1;

  /** An exception with such a message. */
  public BadDataException(String message) {
    super(message);
  }
}

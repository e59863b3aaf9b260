/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.index;

import java.io.IOException;

/** An index that cannot be used. The message says what was expected and what was found. */
public final class IndexException extends IOException {

  private static final long serialVersionUID = 1;

  /** Creates an exception. */
  public IndexException(String message) {
    super(message);
  }

  /** Creates an exception. */
  public IndexException(String message, Throwable cause) {
    super(message, cause);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;

/** The user's data cannot be used; the message says all there is to know. */
public final class BadDataException extends IOException {

  private static final long serialVersionUID = 1;

  public BadDataException(String message) {
    super(message);
  }
}

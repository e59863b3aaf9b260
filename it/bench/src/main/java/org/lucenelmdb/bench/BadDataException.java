/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;

/** The user's data cannot be used; the message says all there is to know. */
final class BadDataException extends IOException {

  private static final long serialVersionUID = 1;

  BadDataException(String message) {
    super(message);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;

/** A program outside the JVM is missing or failed. The message tells the user all there is. */
public final class ExternalException extends IOException {

  private static final long serialVersionUID = 1;

  ExternalException(String message) {
    super(message);
  }
}

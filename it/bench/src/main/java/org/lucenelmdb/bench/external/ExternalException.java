/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;

/**
 * An external program is missing or failed. The message tells the user the cause and the remedy.
 */
public final class ExternalException extends IOException {

  private static final long serialVersionUID = 1;

  ExternalException(String message) {
    super(message);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.IOException;

/** A child process ran out of memory: on its heap, or within its control group. */
public final class OutOfMemoryException extends IOException {

  private static final long serialVersionUID = 1;

  public OutOfMemoryException(String message) {
    super(message);
  }
}

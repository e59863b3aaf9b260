/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

import java.io.IOException;

/** A cache file has unexpected content. */
public final class DamagedCacheException extends IOException {

  private static final long serialVersionUID = 1L;

  DamagedCacheException(String message) {
    super(message);
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.Closeable;
import java.io.IOException;

/** An index that is open for searching; thread-safe. */
public interface OpenIndex extends Closeable {

  /** Returns a searcher for one thread; it is closed with the index at the latest. */
  Searcher searcher() throws IOException;
}

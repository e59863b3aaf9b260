/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.Closeable;
import java.io.IOException;

/** An index that is open for searching, by any number of threads. */
public interface OpenIndex extends Closeable {

  /** A searcher for one thread; is closed with the index at the latest. */
  Searcher searcher() throws IOException;
}

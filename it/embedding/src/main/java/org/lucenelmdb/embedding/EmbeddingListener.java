/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

/** Receives the progress of embedding. */
public interface EmbeddingListener {

  /** The cache had the vectors of all these texts. */
  void cached(int texts);

  /** The cached vectors are damaged, so they are computed again. */
  void damaged(DamagedCacheException problem);

  /** The embedding of texts begins. */
  Progress start(int texts);

  /** Receives the progress of embedding texts. */
  interface Progress extends AutoCloseable {

    /** One more text is embedded; thread-safe. */
    void step();

    /** The embedding has ended, successfully or not. */
    @Override
    void close();
  }
}

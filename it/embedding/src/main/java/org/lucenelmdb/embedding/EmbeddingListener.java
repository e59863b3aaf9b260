/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

/** Hears how the embedding of texts goes, to tell whoever waits. */
public interface EmbeddingListener {

  /** The cache had the vectors of so many texts, none of which are embedded now. */
  void cached(int texts);

  /** The cache had them, but they are damaged, so that they are computed again. */
  void damaged(DamagedCacheException problem);

  /** The embedding of so many texts begins. */
  Progress start(int texts);

  /** Hears how the embedding of some texts goes on. */
  interface Progress extends AutoCloseable {

    /** One more text is embedded; any thread may say so. */
    void step();

    /** No more texts are embedded: all are done, or something failed. */
    @Override
    void close();
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.function.DoubleConsumer;
import org.lucenelmdb.embedding.DamagedCacheException;
import org.lucenelmdb.embedding.EmbeddingListener;

/** Adds up the number of texts that have their vectors. */
final class TextProgress implements EmbeddingListener {

  private final int texts;
  private final DoubleConsumer progress;
  private int done;

  TextProgress(int texts, DoubleConsumer progress) {
    this.texts = texts;
    this.progress = progress;
  }

  private synchronized void add(int more) {
    done += more;
    progress.accept((double) done / texts);
  }

  @Override
  public void cached(int texts) {
    add(texts);
  }

  @Override
  public void damaged(DamagedCacheException problem) {
    // a damaged entry is computed again, so there is nothing to report
  }

  @Override
  public Progress start(int texts) {
    return new Progress() {
      @Override
      public void step() {
        add(1);
      }

      @Override
      public void close() {}
    };
  }
}

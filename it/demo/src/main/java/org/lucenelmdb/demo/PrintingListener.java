/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import me.tongfei.progressbar.ProgressBar;
import org.lucenelmdb.embedding.DamagedCacheException;
import org.lucenelmdb.embedding.EmbeddingListener;

/** Prints the progress of embedding. */
record PrintingListener(Printer printer) implements EmbeddingListener {

  @Override
  public void cached(int texts) {
    printer.line("The vectors of all documents were read from the cache");
  }

  @Override
  public void damaged(DamagedCacheException problem) {
    printer.line(
        "A cached file of vectors is damaged; computing them again: " + problem.getMessage());
  }

  @Override
  public Progress start(int texts) {
    ProgressBar bar = printer.progress("Embedding", texts);
    return new Progress() {
      @Override
      public void step() {
        bar.step();
      }

      @Override
      public void close() {
        bar.close();
      }
    };
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.NamedThreadFactory;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;

/**
 * The configuration of an {@code IndexWriter} that adds segments by one merge. The calling thread
 * merges; with several threads, others help it to build the graph.
 */
public final class MergeConfig implements Closeable {

  /** Enough that no graph is built in a file: a build in a file would not keep a given graph. */
  private static final long BUILD_MEMORY = Long.MAX_VALUE / 2;

  private final ExecutorService executor; // null for one thread
  private final LmdbHnswOptions options;

  /** Creates a configuration that writes segments with these options. */
  public MergeConfig(LmdbHnswOptions options, int threads) {
    this.executor =
        threads == 1
            ? null
            : Executors.newFixedThreadPool(threads - 1, new NamedThreadFactory("transfer"));
    LmdbHnswOptions unlimited = options.withBuildMemory(BUILD_MEMORY);
    this.options = executor == null ? unlimited : unlimited.withBuildThreads(threads, executor);
  }

  private IndexWriterConfig writerConfig() {
    return new IndexWriterConfig()
        .setOpenMode(IndexWriterConfig.OpenMode.CREATE)
        .setCodec(new LmdbHnswCodec(options))
        .setMergeScheduler(new SerialMergeScheduler());
  }

  /**
   * Adds segments to a new index by one merge.
   *
   * @throws IOException the cause of a failed merge, which Lucene may wrap
   */
  public void merge(Directory directory, CodecReader... segments) throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, writerConfig())) {
      writer.addIndexes(segments);
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof IOException failure) {
          throw failure;
        }
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (executor != null) {
      executor.close();
    }
  }
}

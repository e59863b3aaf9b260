/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.Closeable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;

/** Threads that build the graphs of a test class, in flushes, too. */
final class BuildThreads implements Closeable {

  private static final int MAX_THREADS = 4;

  /** The number of threads of all tests: -Dtests.buildThreads=4. */
  private static final Integer CHOSEN = Integer.getInteger("tests.buildThreads");

  private final ExecutorService executor =
      Executors.newFixedThreadPool(
          CHOSEN == null ? MAX_THREADS - 1 : Math.max(1, CHOSEN - 1),
          new NamedThreadFactory("builds"));

  /** Returns options with the chosen number of threads, or else with 1 or 4. */
  LmdbHnswOptions with(LmdbHnswOptions options) {
    int threads = CHOSEN != null ? CHOSEN : LuceneTestCase.random().nextBoolean() ? 1 : MAX_THREADS;
    return threads == 1 ? options : options.withBuildThreads(threads, executor);
  }

  @Override
  public void close() {
    TestUtil.shutdownExecutorService(executor);
  }
}

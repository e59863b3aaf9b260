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

/** Threads for the builds of a test class: of flushes, too. */
final class BuildThreads implements Closeable {

  private static final int MOST = 4;

  /** To run all tests with one number of threads: -Dtests.buildThreads=4. */
  private static final Integer CHOSEN = Integer.getInteger("tests.buildThreads");

  private final ExecutorService executor =
      Executors.newFixedThreadPool(
          CHOSEN == null ? MOST - 1 : Math.max(1, CHOSEN - 1), new NamedThreadFactory("builds"));

  /** Options with as many threads as were asked for, or with 1 or 4. */
  LmdbHnswOptions with(LmdbHnswOptions options) {
    int threads = CHOSEN != null ? CHOSEN : LuceneTestCase.random().nextBoolean() ? 1 : MOST;
    return threads == 1 ? options : options.withBuildThreads(threads, executor);
  }

  @Override
  public void close() {
    TestUtil.shutdownExecutorService(executor);
  }
}

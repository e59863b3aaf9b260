/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.lucene.search.TaskExecutor;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.NamedThreadFactory;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.workers.Workers;

/** A test with an executor for builds by several threads. */
@ThreadLeakFilters(filters = NativeThreads.class)
public abstract class BuildTestCase extends LuceneTestCase {

  /** The number of threads of a build that uses the whole executor. */
  static final int MAX_THREADS = 4;

  ExecutorService executor;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    executor = Executors.newFixedThreadPool(executorThreads(), new NamedThreadFactory("build"));
  }

  @Override
  public void tearDown() throws Exception {
    TestUtil.shutdownExecutorService(executor);
    super.tearDown();
  }

  /** Returns the number of threads of the executor, besides which the caller works. */
  int executorThreads() {
    return MAX_THREADS - 1;
  }

  Workers workers(int threads) {
    return new Workers(new TaskExecutor(executor), threads, () -> {}, Graphs.NO_LISTENER);
  }

  /** Returns workers of one thread or of {@link #MAX_THREADS}. */
  Workers randomWorkers() {
    return workers(random().nextBoolean() ? 1 : MAX_THREADS);
  }
}

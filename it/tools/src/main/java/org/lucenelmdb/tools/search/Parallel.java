/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.tools.output.ProgressLine;

/** Runs the same work for many queries in several threads, with a progress bar. */
public final class Parallel {

  private final int threads;

  /** Creates an instance that uses a number of threads. */
  public Parallel(int threads) {
    this.threads = threads;
  }

  /** The work for a query. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does the work for the query of an index. */
    T of(int index) throws IOException;
  }

  /** Returns the results in the order of the queries. The first failure ends the work. */
  public <T> List<T> map(String what, int count, Work<T> work) throws IOException {
    ExecutorService executor = Executors.newFixedThreadPool(Math.max(1, Math.min(threads, count)));
    try (ProgressLine progress = ProgressLine.begin(what, count)) {
      List<Future<T>> futures = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int index = i;
        futures.add(executor.submit(() -> work.of(index)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
        progress.advance(1);
      }
      return results;
    } catch (ExecutionException e) {
      IOUtils.rethrowAlways(e.getCause());
      throw new AssertionError(e); // not reached
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      executor.shutdownNow();
      executor.close();
    }
  }
}

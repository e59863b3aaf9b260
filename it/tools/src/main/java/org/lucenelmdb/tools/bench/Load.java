/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.search.Query;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.tools.output.ProgressLine;
import org.lucenelmdb.tools.search.SearchedField;

/** Searches in several threads for a time. Each thread takes the next query. */
final class Load {

  private static final long TICK_MILLIS = 200;

  private final SearchedField field;
  private final List<Query> queries;
  private final int results;
  private final int threads;

  /**
   * @param results the number of hits that a search returns
   */
  Load(SearchedField field, List<Query> queries, int results, int threads) {
    this.field = field;
    this.queries = queries;
    this.results = results;
    this.threads = threads;
  }

  /**
   * What was measured.
   *
   * @param seconds from the first search to the end of the last
   * @param sorted the times of all searches in nanoseconds, ascending
   */
  record Measured(double seconds, long[] sorted) {}

  /** Searches for a time, but each query at least once in all threads together. */
  Measured run(String what, double seconds) throws IOException {
    long millis = (long) (1000 * seconds);
    AtomicInteger next = new AtomicInteger();
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(millis);
    List<Future<Latencies>> futures = new ArrayList<>();
    try (ProgressLine progress = ProgressLine.begin(what, Math.max(1, millis))) {
      for (int i = 0; i < threads; i++) {
        futures.add(executor.submit(() -> search(next, end)));
      }
      List<Latencies> latencies = new ArrayList<>();
      for (Future<Latencies> future : futures) {
        latencies.add(await(future, progress));
      }
      return new Measured((System.nanoTime() - start) / 1e9, Latencies.sorted(latencies));
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

  private static Latencies await(Future<Latencies> future, ProgressLine progress)
      throws InterruptedException, ExecutionException {
    while (true) {
      try {
        return future.get(TICK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        progress.advance(TICK_MILLIS);
      }
    }
  }

  private Latencies search(AtomicInteger next, long end) throws IOException {
    Latencies latencies = new Latencies();
    long before = System.nanoTime();
    while (Thread.currentThread().isInterrupted() == false) {
      int number = next.getAndIncrement();
      if (number < 0 || (number >= queries.size() && before - end >= 0)) {
        break; // negative after two billions
      }
      field.searcher().search(queries.get(number % queries.size()), results);
      long after = System.nanoTime();
      latencies.add(after - before);
      before = after;
    }
    return latencies;
  }
}

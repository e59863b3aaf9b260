/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.lucenelmdb.bench.contestant.OpenIndex;
import org.lucenelmdb.bench.contestant.Searcher;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.Filter;

/**
 * Queries that are asked again and again in one way.
 *
 * @param vectors of all the data set's queries
 * @param chosen which of these are asked
 * @param truth the answers, for each of the chosen
 * @param filter or null
 */
record Queries(
    float[][] vectors, int[] chosen, int[][] truth, int k, Filter filter, String strategy) {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  static Queries all(Dataset data, String strategy) {
    float[][] queries = data.queries();
    int[] chosen = IntStream.range(0, queries.length).toArray();
    return new Queries(queries, chosen, data.truth(), data.k(), null, strategy);
  }

  static Queries filtered(Dataset data, Filter filter, String strategy) {
    return new Queries(
        data.queries(), filter.queries(), filter.truth(), data.k(), filter, strategy);
  }

  int count() {
    return chosen.length;
  }

  /** Asks one. */
  int[] ask(Searcher searcher, int i, int ef) throws IOException {
    return searcher.search(vectors[chosen[i]], k, ef, filter, strategy);
  }

  /** Asks each once and looks at the answers. */
  Answers answers(Searcher searcher, int ef) throws IOException {
    Answers answers = new Answers();
    for (int i = 0; i < count(); i++) {
      answers.add(ask(searcher, i, ef), truth[i]);
    }
    return answers;
  }

  /** Asks in one thread until so much CPU time is spent. */
  void warmUp(Searcher searcher, List<Integer> efs, double seconds) throws IOException {
    long end = THREADS.getCurrentThreadCpuTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
    while (THREADS.getCurrentThreadCpuTime() < end) {
      for (int ef : efs) {
        for (int i = 0; i < count() && THREADS.getCurrentThreadCpuTime() < end; i++) {
          ask(searcher, i, ef);
        }
      }
    }
  }

  /** Asks each once, in one thread. */
  Timing time(Searcher searcher, int ef) throws IOException {
    long[] nanos = new long[count()];
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    long last = start;
    for (int i = 0; i < nanos.length; i++) {
      ask(searcher, i, ef);
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
    }
    return new Timing(last - start, THREADS.getCurrentThreadCpuTime() - cpuStart, nanos);
  }

  /** Asks each once by each of several threads, which take the next query as they get to it. */
  Timing time(OpenIndex index, int ef, int threads) throws IOException {
    long[] nanos = new long[count() * threads];
    AtomicInteger next = new AtomicInteger();
    Callable<Long> worker =
        () -> {
          try (Searcher searcher = index.searcher()) {
            long cpuStart = THREADS.getCurrentThreadCpuTime();
            for (int i = next.getAndIncrement(); i < nanos.length; i = next.getAndIncrement()) {
              long start = System.nanoTime();
              ask(searcher, i % count(), ef);
              nanos[i] = System.nanoTime() - start;
            }
            return THREADS.getCurrentThreadCpuTime() - cpuStart;
          }
        };
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Long>> workers = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        workers.add(worker);
      }
      long start = System.nanoTime();
      long cpu = 0;
      for (Future<Long> done : executor.invokeAll(workers)) {
        cpu += done.get();
      }
      return new Timing(System.nanoTime() - start, cpu, nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }
}

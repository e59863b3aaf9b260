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
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.engine.Searcher;

/**
 * Queries that run repeatedly with the same settings.
 *
 * @param vectors all queries of the data set
 * @param chosen the queries to run
 * @param truth the answers of the chosen queries
 * @param filter or null
 */
record Queries(
    float[][] vectors, int[] chosen, int[][] truth, int k, Filter filter, String strategy) {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** In shorter passes, a single pause would dominate. */
  private static final double MIN_PASS_SECONDS = 0.25;

  private static final int MAX_REPEATS = 1000;
  private static final int MAX_WAIT_SECONDS = 600;

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

  /** Runs one query. */
  int[] ask(Searcher searcher, int i, int ef) throws IOException {
    return searcher.search(vectors[chosen[i]], k, ef, filter, strategy);
  }

  /** The answers of a first pass, and its duration. */
  record First(Answers answers, Timing timing) {}

  /** Runs each query once and checks the answers. */
  First first(Searcher searcher, int ef) throws IOException {
    Answers answers = new Answers();
    long[] nanos = new long[count()];
    DiskReads readsBefore = DiskReads.now();
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    long sum = 0;
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      int[] hits = ask(searcher, i, ef);
      nanos[i] = System.nanoTime() - start;
      sum += nanos[i];
      answers.add(hits, truth[i]);
    }
    long cpu = THREADS.getCurrentThreadCpuTime() - cpuStart;
    return new First(answers, Timing.of(sum, cpu, nanos, DiskReads.now().since(readsBefore)));
  }

  /** Runs each query once and checks the answers. */
  Answers answers(Searcher searcher, int ef) throws IOException {
    return first(searcher, ef).answers();
  }

  /** Runs each query once, and averages the figures that the searches report. */
  Map<String, Double> explain(Searcher searcher, int ef) throws IOException {
    Map<String, Double> sums = new TreeMap<>();
    Map<String, Integer> unknown = new TreeMap<>();
    int told = 0;
    for (int i = 0; i < count(); i++) {
      Map<String, Double> figures = searcher.explain(vectors[chosen[i]], k, ef, filter, strategy);
      figures.forEach(
          (name, value) -> {
            if (Double.isNaN(value)) {
              unknown.merge(name, 1, Integer::sum);
            } else {
              sums.merge(name, value, Double::sum);
            }
          });
      told += figures.isEmpty() ? 0 : 1;
    }
    int all = told;
    sums.replaceAll((name, sum) -> sum / (all - unknown.getOrDefault(name, 0)));
    return sums;
  }

  /** Runs queries in one thread until {@code seconds} of CPU time are spent. */
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

  /** Runs each query once, in one thread. */
  Timing once(Searcher searcher, int ef) throws IOException {
    return repeat(searcher, ef, 1);
  }

  /** Runs all queries in one thread, repeatedly until a pass is long enough to be measured. */
  Timing time(Searcher searcher, int ef) throws IOException {
    Timing first = repeat(searcher, ef, 1);
    int repeats = repeats(first);
    return repeats == 1 ? first : repeat(searcher, ef, repeats);
  }

  private int repeats(Timing pass) {
    double seconds = count() / pass.rate();
    return (int) Math.max(1, Math.min(MAX_REPEATS, Math.ceil(MIN_PASS_SECONDS / seconds)));
  }

  private Timing repeat(Searcher searcher, int ef, int repeats) throws IOException {
    long[] nanos = new long[count() * repeats];
    DiskReads readsBefore = DiskReads.now();
    long cpuStart = THREADS.getCurrentThreadCpuTime();
    long start = System.nanoTime();
    long last = start;
    for (int i = 0; i < nanos.length; i++) {
      ask(searcher, i % count(), ef);
      long now = System.nanoTime();
      nanos[i] = now - last;
      last = now;
    }
    long cpu = THREADS.getCurrentThreadCpuTime() - cpuStart;
    return Timing.of(last - start, cpu, nanos, DiskReads.now().since(readsBefore));
  }

  /**
   * Runs all queries in several threads, which begin together and take the next query when they are
   * free; repeatedly until a pass is long enough to be measured.
   */
  Timing time(OpenIndex index, int ef, int threads) throws IOException {
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      Timing first = repeat(executor, index, ef, threads, 1);
      int repeats = repeats(first);
      return repeats == 1 ? first : repeat(executor, index, ef, threads, repeats);
    }
  }

  private Timing repeat(ExecutorService executor, OpenIndex index, int ef, int threads, int repeats)
      throws IOException {
    long[] nanos = new long[count() * repeats];
    AtomicInteger next = new AtomicInteger();
    CyclicBarrier together = new CyclicBarrier(threads + 1);
    Callable<Long> worker =
        () -> {
          try (Searcher searcher = index.searcher()) {
            together.await();
            long cpuStart = THREADS.getCurrentThreadCpuTime();
            for (int i = next.getAndIncrement(); i < nanos.length; i = next.getAndIncrement()) {
              long start = System.nanoTime();
              ask(searcher, i % count(), ef);
              nanos[i] = System.nanoTime() - start;
            }
            return THREADS.getCurrentThreadCpuTime() - cpuStart;
          }
        };
    List<Future<Long>> workers = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      workers.add(executor.submit(worker));
    }
    try {
      DiskReads readsBefore = DiskReads.now();
      together.await(MAX_WAIT_SECONDS, TimeUnit.SECONDS);
      long start = System.nanoTime();
      long cpu = 0;
      for (Future<Long> done : workers) {
        cpu += done.get();
      }
      long wall = System.nanoTime() - start;
      return Timing.of(wall, cpu, nanos, DiskReads.now().since(readsBefore));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (BrokenBarrierException | TimeoutException e) {
      throw new IOException("a searcher could not be opened", e);
    }
  }
}

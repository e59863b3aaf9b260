/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.DoubleConsumer;
import org.apache.lucene.util.hnsw.NeighborQueue;

/**
 * Finds the exact nearest neighbors, with and without filters, by comparing every query with every
 * vector once.
 *
 * <p>Each thread compares blocks of the base with all queries. A block stays in the processor's
 * cache, so each vector is read from memory once. Ties are broken by the lower ordinal, so the
 * result does not depend on the order in which threads finish.
 */
final class TruthComputer {

  private static final int BLOCK_BYTES = 1 << 18;
  private static final int MAX_BLOCK_ROWS = 1 << 10;

  private final Path path;
  private final Metric metric;
  private final float[][] queries;
  private final DoubleConsumer progress;
  private final int count;
  private final int blockRows;
  private final QueryTruth[] collectors;
  private final List<NeighborQueue[]> filtered = new ArrayList<>();

  // guarded by this
  private int nextOrdinal;
  private int done;

  private TruthComputer(
      Path path,
      int count,
      float[][] queries,
      Metric metric,
      int k,
      List<FilterPlan> filters,
      DoubleConsumer progress) {
    this.path = path;
    this.count = count;
    this.queries = queries;
    this.metric = metric;
    this.progress = progress;
    int rows = BLOCK_BYTES / (Float.BYTES * queries[0].length);
    this.blockRows = Math.min(MAX_BLOCK_ROWS, Math.max(1, rows));
    this.collectors = new QueryTruth[queries.length];
    for (int q = 0; q < queries.length; q++) {
      collectors[q] = new QueryTruth(Math.min(k, count));
    }
    for (FilterPlan filter : filters) {
      // a queue needs a capacity of at least 1
      int capacity = Math.max(1, Math.min(k, filter.info().accepted()));
      NeighborQueue[] queues = new NeighborQueue[filter.queries().length];
      for (int i = 0; i < queues.length; i++) {
        queues[i] = new NeighborQueue(capacity, false);
        collectors[filter.queries()[i]].addFilter(filter.accepted(), queues[i], capacity);
      }
      filtered.add(queues);
    }
  }

  /**
   * Computes the neighbors.
   *
   * @param path a file with the prepared base
   * @param queries prepared, at least one
   * @param progress receives the share of the work that is done, from one thread at a time
   */
  static Truth compute(
      Path path,
      float[][] queries,
      Metric metric,
      int k,
      List<FilterPlan> filters,
      DoubleConsumer progress)
      throws IOException {
    int count;
    try (VectorFile base = VectorFile.open(path)) {
      count = base.count();
    }
    TruthComputer computer = new TruthComputer(path, count, queries, metric, k, filters, progress);
    computer.scoreAll();
    return computer.result();
  }

  private void scoreAll() throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        // threads begin at different queries to avoid contention
        int firstQuery = (int) ((long) queries.length * t / threads);
        tasks.add(
            () -> {
              scoreBlocks(firstQuery);
              return null;
            });
      }
      for (Future<Void> future : executor.invokeAll(tasks)) {
        future.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the exact neighbors were computed");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException) {
        throw (IOException) e.getCause();
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private void scoreBlocks(int firstQuery) throws IOException {
    boolean complete = false;
    try (VectorFile base = VectorFile.open(path)) {
      float[][] block = new float[blockRows][base.dimension()];
      float[] scores = new float[blockRows];
      for (int first = takeBlock(); first < count; first = takeBlock()) {
        int rows = Math.min(blockRows, count - first);
        for (int i = 0; i < rows; i++) {
          base.read(first + i, block[i]);
        }
        for (int i = 0; i < queries.length; i++) {
          int q = (firstQuery + i) % queries.length;
          for (int j = 0; j < rows; j++) {
            scores[j] = metric.score(queries[q], block[j]);
          }
          collectors[q].add(first, scores, rows);
        }
        report(rows);
      }
      complete = true;
    } finally {
      if (complete == false) {
        stopOthers();
      }
    }
  }

  private synchronized int takeBlock() {
    int taken = nextOrdinal;
    nextOrdinal += Math.min(blockRows, count - taken);
    return taken;
  }

  private synchronized void stopOthers() {
    nextOrdinal = count;
  }

  private synchronized void report(int rows) {
    done += rows;
    progress.accept((double) done / count);
  }

  private Truth result() {
    int[][] nearest = new int[queries.length][];
    int tied = 0;
    int flat = 0;
    for (int q = 0; q < queries.length; q++) {
      tied += collectors[q].dropTied() ? 1 : 0;
      flat += count > 1 && collectors[q].isFlat() ? 1 : 0;
      nearest[q] = collectors[q].nearest();
    }
    List<int[][]> tables = new ArrayList<>();
    for (NeighborQueue[] queues : filtered) {
      int[][] table = new int[queues.length][];
      for (int i = 0; i < queues.length; i++) {
        table[i] = QueryTruth.drain(queues[i]);
      }
      tables.add(table);
    }
    return new Truth(nearest, tables, tied, flat);
  }
}

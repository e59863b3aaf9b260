/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;

/** Searches an index in one thread: the recall, and the rate of the best of a few passes. */
final class Searching {

  static final List<Integer> EFS = List.of(10, 20, 40, 80, 160, 320);

  private static final int PASSES = 3;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final IndexSearcher searcher;
  private final float[][] queries;

  private Searching(IndexSearcher searcher, float[][] queries) {
    this.searcher = searcher;
    this.queries = queries;
  }

  static void run(Workspace work, Contestant contestant, int warmUpSeconds) throws IOException {
    float[][] queries = VectorFile.readAll(work.queries());
    int[][] truth = Truth.read(work, queries.length);
    try (Directory directory = FSDirectory.open(work.index(contestant));
        DirectoryReader reader = DirectoryReader.open(directory)) {
      if (reader.leaves().size() != 1) {
        throw new IllegalStateException(reader.leaves().size() + " segments instead of 1");
      }
      IndexSearcher searcher = new IndexSearcher(reader);
      searcher.setQueryCache(null);
      Searching searching = new Searching(searcher, queries);
      searching.warmUp(truth, ids(reader.leaves().get(0).reader()), warmUpSeconds);
      searching.measure();
    }
  }

  private static int[] ids(LeafReader leaf) throws IOException {
    int[] ids = new int[leaf.maxDoc()];
    NumericDocValues values = leaf.getNumericDocValues(Building.ID);
    for (int doc = values.nextDoc(); doc < ids.length; doc = values.nextDoc()) {
      ids[doc] = (int) values.longValue();
    }
    return ids;
  }

  static String recall(int ef) {
    return "recall at ef " + ef;
  }

  static String rate(int ef) {
    return "queries per second at ef " + ef;
  }

  static String cpuRate(int ef) {
    return "queries per second of CPU time at ef " + ef;
  }

  /** Measures the recall and then goes on until so much CPU time is spent. */
  private void warmUp(int[][] truth, int[] ids, int seconds) throws IOException {
    long start = THREADS.getCurrentThreadCpuTime();
    for (int ef : EFS) {
      long found = 0;
      for (int q = 0; q < queries.length; q++) {
        int[] nearest = truth[q];
        found +=
            Arrays.stream(search(q, ef))
                .filter(hit -> Arrays.stream(nearest).anyMatch(id -> id == ids[hit.doc]))
                .count();
      }
      Worker.report(recall(ef), (double) found / ((long) queries.length * Truth.K));
    }
    while (THREADS.getCurrentThreadCpuTime() - start < TimeUnit.SECONDS.toNanos(seconds)) {
      for (int ef : EFS) {
        pass(ef);
      }
    }
  }

  private void measure() throws IOException {
    Map<String, Double> best = new TreeMap<>();
    for (int pass = 0; pass < PASSES; pass++) {
      for (int ef : EFS) {
        long start = System.nanoTime();
        long cpuStart = THREADS.getCurrentThreadCpuTime();
        pass(ef);
        long cpuTime = THREADS.getCurrentThreadCpuTime() - cpuStart;
        long time = System.nanoTime() - start;
        best.merge(rate(ef), queries.length / (time / 1e9), Math::max);
        best.merge(cpuRate(ef), queries.length / (cpuTime / 1e9), Math::max);
      }
      Worker.progress((pass + 1.0) / PASSES);
    }
    best.forEach(Worker::report);
  }

  private void pass(int ef) throws IOException {
    for (int q = 0; q < queries.length; q++) {
      search(q, ef);
    }
  }

  private ScoreDoc[] search(int query, int ef) throws IOException {
    KnnFloatVectorQuery knn = new KnnFloatVectorQuery(Building.VECTOR, queries[query], ef);
    return searcher.search(knn, Truth.K).scoreDocs;
  }
}

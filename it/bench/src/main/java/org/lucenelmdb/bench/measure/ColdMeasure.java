/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.engine.Searcher;
import org.lucenelmdb.bench.memory.PageCache;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * The time to open an index that is not in the system's page cache, and the rate of its first
 * queries, by compiled code. Reports a warning if the cache cannot be emptied.
 */
record ColdMeasure(Job job, Dataset data, Engine engine, Reporter reporter) {

  /** Few, so that the later queries do not only read pages that the earlier ones loaded. */
  private static final int QUERIES = 100;

  List<Sample> measure() throws IOException {
    Queries all = Queries.all(data, Engine.DEFAULT_STRATEGY);
    int count = Math.min(QUERIES, all.count());
    Queries queries =
        new Queries(
            all.vectors(),
            Arrays.copyOf(all.chosen(), count),
            all.truth(),
            all.k(),
            null,
            all.strategy());
    int ef = job.search().efs().getFirst();
    try (OpenIndex index = engine.open(data, job.index());
        Searcher searcher = index.searcher()) {
      all.warmUp(searcher, List.of(ef), job.search().warmUpSeconds());
    }
    String problem = PageCache.evict(job.index());
    if (problem != null) {
      reporter.warning("cold reads not measured", problem);
      return List.of();
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    long start = System.nanoTime();
    try (OpenIndex index = engine.open(data, job.index());
        Searcher searcher = index.searcher()) {
      figures.put(Figures.OPEN, (System.nanoTime() - start) / 1e9);
      queries.once(searcher, ef).addTo(figures);
      figures.put(Figures.RECALL, queries.answers(searcher, ef).recall());
    }
    return List.of(
        new Sample(
            Measure.COLD,
            job.engine(),
            job.round(),
            data.count(),
            ef,
            1,
            null,
            null,
            null,
            figures));
  }
}

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
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * How long it takes to open an index of which nothing is in the system's page cache, and the rate
 * of the first queries then, by code that is compiled already. Where the cache cannot be emptied,
 * says so instead.
 */
record ColdMeasure(Job job, Dataset data, Engine engine, Reporter reporter) {

  /** So few that the later ones do not only meet pages that the earlier ones read. */
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

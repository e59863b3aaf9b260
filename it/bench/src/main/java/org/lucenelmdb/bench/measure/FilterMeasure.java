/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.engine.Searcher;
import org.lucenelmdb.bench.result.BestStrategy;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * Recall and rate of searches with each filter and strategy, over ef, in one thread; forced
 * strategies run at the smallest ef only.
 */
record FilterMeasure(
    Job job, Dataset data, OpenIndex index, List<String> strategies, Reporter reporter) {

  /** A first pass of this duration is not repeated: pauses hardly affect it. */
  private static final double SLOW_SECONDS = 1;

  List<Sample> measure() throws IOException {
    List<Sample> samples = new ArrayList<>();
    List<Filter> filters = data.filters();
    try (Searcher searcher = index.searcher()) {
      for (String strategy : strategies) {
        for (Filter filter : filters) {
          // some warm-up for each, so that none is measured with code that was compiled for another
          double seconds = job.search().warmUpSeconds() / filters.size() / strategies.size();
          Queries.filtered(data, filter, strategy).warmUp(searcher, efs(strategy), seconds);
        }
      }
      Map<Integer, Double> unfiltered = unfiltered(searcher);
      int steps = filters.size() * strategies.stream().mapToInt(s -> efs(s).size()).sum();
      int step = 0;
      for (Filter filter : filters) {
        for (String strategy : strategies) {
          for (int ef : efs(strategy)) {
            Map<String, Double> recall = Map.of(Figures.UNFILTERED_RECALL, unfiltered.get(ef));
            samples.add(measure(searcher, filter, strategy, ef).with(recall));
            reporter.progress((double) ++step / steps);
          }
        }
      }
    }
    return samples;
  }

  private List<Integer> efs(String strategy) {
    List<Integer> efs = job.search().efs();
    return BestStrategy.isForced(strategy) ? efs.subList(0, 1) : efs;
  }

  /** The recall of all queries without a filter, by ef. */
  private Map<Integer, Double> unfiltered(Searcher searcher) throws IOException {
    Queries all = Queries.all(data, Engine.DEFAULT_STRATEGY);
    Map<Integer, Double> recalls = new LinkedHashMap<>();
    for (int ef : job.search().efs()) {
      recalls.put(ef, all.answers(searcher, ef).recall());
    }
    return recalls;
  }

  private Sample measure(Searcher searcher, Filter filter, String strategy, int ef)
      throws IOException {
    Queries queries = Queries.filtered(data, filter, strategy);
    Queries.First first = queries.first(searcher, ef);
    Answers answers = first.answers();
    Timing best = first.timing();
    if (queries.count() / best.rate()
        < SLOW_SECONDS) { // a slow pass is not repeated, which would take minutes
      best = queries.time(searcher, ef);
      for (int pass = 1; pass < job.search().passes(); pass++) {
        best = best.with(queries.time(searcher, ef));
      }
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    answers.addTo(figures);
    best.addTo(figures);
    figures.putAll(
        queries.explain(searcher, ef)); // in a pass of its own, because listening takes time
    return new Sample(
        Measure.FILTER,
        job.engine(),
        job.round(),
        data.count(),
        ef,
        1,
        filter.info().name(),
        strategy,
        null,
        figures);
  }
}

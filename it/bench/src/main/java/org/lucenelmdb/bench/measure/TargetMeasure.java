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
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.engine.Searcher;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.TargetStrategy;

/**
 * Recall, rate and work of searches that get a target recall only: ef is the query's k. Runs in one
 * thread, in the first round also with the random filters. Each pass runs all targets in turn, as
 * {@link SearchMeasure} does with ef.
 */
record TargetMeasure(Job job, Dataset data, OpenIndex index, Reporter reporter) {

  /** The relation of queries to random filters. */
  private static final String RANDOM = "random";

  List<Sample> measure() throws IOException {
    List<String> strategies = job.search().targets().stream().map(TargetStrategy::of).toList();
    List<Queries> unfiltered = strategies.stream().map(s -> Queries.all(data, s)).toList();
    List<Queries> filtered = new ArrayList<>();
    for (Filter filter : filters()) {
      strategies.forEach(s -> filtered.add(Queries.filtered(data, filter, s)));
    }
    List<Sample> samples = new ArrayList<>();
    try (Searcher searcher = index.searcher()) {
      // separate, because code compiled for filters would be slower without them
      samples.addAll(measure(searcher, unfiltered, 0, filtered.isEmpty() ? 1 : 0.5));
      samples.addAll(measure(searcher, filtered, 0.5, 1));
    }
    return samples;
  }

  /** Empty in later rounds: filters have a single round. */
  private List<Filter> filters() {
    return job.round() > 0
        ? List.of()
        : data.filters().stream().filter(f -> f.info().relation().equals(RANDOM)).toList();
  }

  private List<Sample> measure(Searcher searcher, List<Queries> all, double from, double to)
      throws IOException {
    int ef = data.k();
    List<Answers> answers = new ArrayList<>();
    for (Queries queries : all) {
      answers.add(queries.answers(searcher, ef));
    }
    for (Queries queries : all) {
      queries.warmUp(searcher, List.of(ef), job.search().warmUpSeconds() / all.size());
    }
    Timing[] best = new Timing[all.size()];
    int steps = job.search().passes() * all.size();
    int step = 0;
    for (int pass = 0; pass < job.search().passes(); pass++) {
      for (int i = 0; i < best.length; i++) {
        Timing timing = all.get(i).time(searcher, ef);
        best[i] = pass == 0 ? timing : best[i].with(timing);
        reporter.part(from, to).accept((double) ++step / steps);
      }
    }
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < best.length; i++) {
      Map<String, Double> figures = new LinkedHashMap<>();
      answers.get(i).addTo(figures);
      best[i].addTo(figures);
      figures.putAll(
          all.get(i).explain(searcher, ef)); // in a pass of its own, because listening takes time
      samples.add(sample(all.get(i), ef, figures));
    }
    return samples;
  }

  private Sample sample(Queries queries, int ef, Map<String, Double> figures) {
    return new Sample(
        Measure.TARGET,
        job.engine(),
        job.round(),
        data.count(),
        ef,
        1,
        queries.filter() == null ? null : queries.filter().info().name(),
        queries.strategy(),
        null,
        figures);
  }
}

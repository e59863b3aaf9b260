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
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.engine.Searcher;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * Recall, rate and latency of searches without a filter, over ef, in one thread and in several.
 * Each pass runs all values of ef in turn. The rate is that of the fastest pass, because slowdowns
 * come from outside; the percentiles are those of all passes.
 */
record SearchMeasure(Job job, Dataset data, OpenIndex index, Reporter reporter) {

  List<Sample> measure() throws IOException {
    Queries queries = Queries.all(data, Engine.DEFAULT_STRATEGY);
    Job.SearchParameters parameters = job.search();
    Map<Integer, Answers> answers = new LinkedHashMap<>();
    List<Sample> samples = new ArrayList<>();
    try (Searcher searcher = index.searcher()) {
      for (int ef : parameters.efs()) {
        answers.put(ef, queries.answers(searcher, ef));
      }
      queries.warmUp(searcher, parameters.efs(), parameters.warmUpSeconds());
      int steps = parameters.passes() * parameters.efs().size() * parameters.threads().size();
      int step = 0;
      for (int threads : parameters.threads()) {
        Map<Integer, Timing> best = new LinkedHashMap<>();
        for (int pass = 0; pass < parameters.passes(); pass++) {
          for (int ef : parameters.efs()) {
            Timing timing =
                threads == 1 ? queries.time(searcher, ef) : queries.time(index, ef, threads);
            best.merge(ef, timing, Timing::with);
            reporter.progress((double) ++step / steps);
          }
        }
        for (Map.Entry<Integer, Timing> entry : best.entrySet()) {
          int ef = entry.getKey();
          samples.add(sample(ef, threads, answers.get(ef), entry.getValue()));
        }
      }
    }
    return samples;
  }

  private Sample sample(int ef, int threads, Answers answers, Timing timing) throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    answers.addTo(figures);
    timing.addTo(figures);
    ProcessMemory.addPeaks(figures);
    return new Sample(
        Measure.SEARCH,
        job.engine(),
        job.round(),
        data.count(),
        ef,
        threads,
        null,
        null,
        null,
        figures);
  }
}

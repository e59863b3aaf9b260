/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.lucene.util.IOUtils;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.engine.LuceneIndex;
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.engine.Searcher;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * Recall over generations that each delete some vectors, add them again, and merge. The vectors
 * stay the same, and so do their nearest neighbors. In the end, a new index gets the same
 * documents, in their last order, for comparison.
 */
record ChurnMeasure(Job job, Dataset data, LuceneEngine engine, Reporter reporter) {

  List<Sample> measure() throws IOException {
    List<Sample> samples = new ArrayList<>();
    Random random = new Random(job.churn().seed());
    int generations = job.churn().generations();
    double begun = 1.0 / (2 + generations);
    Set<Integer> order = new LinkedHashSet<>();
    IntStream.range(0, data.count()).forEach(order::add);
    try (LuceneIndex index = engine.create(data, job.index(), job.build())) {
      index.build(reporter.part(0, begun));
      samples.addAll(search(index, 0, 0, Map.of()));
      for (int generation = 1; generation <= generations; generation++) {
        long start = System.nanoTime();
        random
            .ints(0, data.count())
            .distinct()
            .limit(Math.max(1, Math.round(data.count() * job.churn().part())))
            .forEach(
                ordinal -> {
                  replace(index, ordinal);
                  order.remove(ordinal);
                  order.add(ordinal);
                });
        if (job.churn().forced()) {
          index.merge();
        } else {
          index.settle();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        boolean last = generation == generations;
        samples.addAll(search(index, generation, seconds, last ? freshRecalls(order) : Map.of()));
        reporter.progress(begun * (1 + generation));
      }
    }
    return samples;
  }

  private static void replace(LuceneIndex index, int ordinal) {
    try {
      index.replace(ordinal);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The recalls by ef of a new index. */
  private Map<Integer, Double> freshRecalls(Set<Integer> order) throws IOException {
    Path path = job.index().resolveSibling(job.index().getFileName() + "-fresh");
    Map<Integer, Double> recalls = new LinkedHashMap<>();
    try {
      try (LuceneIndex index = engine.create(data, path, job.build())) {
        index.build(order.stream().mapToInt(Integer::intValue), done -> {});
      }
      Queries queries = Queries.all(data, Engine.DEFAULT_STRATEGY);
      try (OpenIndex open = engine.open(data, path);
          Searcher searcher = open.searcher()) {
        for (int ef : job.search().efs()) {
          recalls.put(ef, queries.answers(searcher, ef).recall());
        }
      }
    } finally {
      IOUtils.rm(path);
    }
    return recalls;
  }

  private List<Sample> search(
      LuceneIndex index, int generation, double seconds, Map<Integer, Double> fresh)
      throws IOException {
    List<Sample> samples = new ArrayList<>();
    Queries queries = Queries.all(data, Engine.DEFAULT_STRATEGY);
    try (OpenIndex open = engine.open(data, job.index());
        Searcher searcher = open.searcher()) {
      queries.warmUp(searcher, job.search().efs(), job.search().warmUpSeconds() / 2);
      for (int ef : job.search().efs()) {
        Answers answers = queries.answers(searcher, ef);
        Map<String, Double> figures = new LinkedHashMap<>(index.sizes());
        figures.put(Figures.RECALL, answers.recall());
        figures.put(Figures.SHORT, (double) answers.shortAnswers());
        queries.time(searcher, ef).addTo(figures);
        if (generation > 0) {
          figures.put(Figures.BUILD, seconds);
        }
        if (fresh.containsKey(ef)) {
          figures.put(Figures.FRESH_RECALL, fresh.get(ef));
        }
        samples.add(
            new Sample(
                Measure.CHURN,
                job.engine(),
                job.round(),
                data.count(),
                ef,
                1,
                null,
                null,
                generation,
                figures));
      }
    }
    return samples;
  }
}

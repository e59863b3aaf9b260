/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lucenelmdb.bench.contestant.Contestant;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.outside.OutsideContestant;
import org.lucenelmdb.bench.outside.OutsideException;
import org.lucenelmdb.bench.result.ContestantInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.FilterInfo;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.Setup;
import org.lucenelmdb.bench.result.Smell;

/** A run: plans the steps, does them one after the other, and collects what they found. */
public final class Run {

  private final Options options;
  private final Progress progress;
  private final List<Sample> samples = new ArrayList<>();
  private final List<Smell> smells = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> failed = new HashSet<>();

  public Run(Options options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  /** Whether a contestant could not do something; the smells say what. */
  public boolean hasFailures() {
    return failed.isEmpty() == false;
  }

  /**
   * Runs all.
   *
   * @throws org.lucenelmdb.bench.data.BadDataException if the data cannot be used
   * @throws IOException if something other than a contestant failed
   */
  public Result execute() throws IOException {
    Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    long start = System.nanoTime();
    try (Workspace work = new Workspace(options.work())) {
      List<String> arguments = options.simd() ? List.of(Machines.simdArgument()) : List.of();
      ChildJvm child = new ChildJvm(arguments, smells);
      List<Step> steps = new Plan(options, work, child, smells, progress::say).steps(samples);
      int number = 0;
      for (Step step : steps) {
        progress.begin(++number, steps.size(), step.title());
        run(step);
      }
      Dataset data = Dataset.open(work.data(options.sizes().getLast()));
      smells.addAll(0, data.smells());
      addSmellsOfSamples();
      return new Result(
          Result.SCHEMA,
          started.toString(),
          Machines.commit(),
          (System.nanoTime() - start) / 1e9,
          Machines.describe(options.simd()),
          setup(data),
          contestants(),
          filters(work),
          List.copyOf(smells),
          List.copyOf(samples));
    } finally {
      progress.end();
    }
  }

  /** Of all sizes: which values of attributes are tried depends on how many vectors they pass. */
  private List<FilterInfo> filters(Workspace work) throws IOException {
    Map<String, FilterInfo> filters = new LinkedHashMap<>();
    for (int vectors : options.sizes().reversed()) {
      for (Filter filter : Dataset.open(work.data(vectors)).filters()) {
        filters.putIfAbsent(filter.info().name(), filter.info());
      }
    }
    return List.copyOf(filters.values());
  }

  private void run(Step step) throws IOException {
    if (failed.contains(step.subject())) {
      return;
    }
    try {
      samples.addAll(step.action().run(progress::update));
    } catch (ChildJvm.FailedException | OutsideException e) {
      if (step.subject() == null) {
        throw e;
      }
      failed.add(step.subject());
      smells.add(new Smell("failed", step.subject(), step.title() + ": " + e.getMessage()));
    }
  }

  private Setup setup(Dataset data) {
    return new Setup(
        options.preset(),
        options.command(),
        data.name(),
        data.hash(),
        data.dimension(),
        data.metric().wireName(),
        options.sizes(),
        data.queries().length,
        data.k(),
        options.build().maxConn(),
        options.build().beamWidth(),
        options.rounds(),
        options.data().seed());
  }

  private List<ContestantInfo> contestants() {
    return Stream.concat(
            options.contestants().stream().map(Contestant::info),
            options.outside().stream().map(OutsideContestant::info))
        .toList();
  }

  private void addSmellsOfSamples() {
    Map<String, Map<String, Double>> shortAnswers = new LinkedHashMap<>();
    for (Sample sample : samples) {
      double shortHere = sample.value(Figures.SHORT);
      if (shortHere > 0) {
        String where = sample.filter() == null ? "without a filter" : sample.filter();
        shortAnswers
            .computeIfAbsent(sample.contestant(), name -> new LinkedHashMap<>())
            .merge(where, shortHere, Math::max);
      }
      double unreachable = sample.value(Figures.UNREACHABLE);
      if (unreachable > 0) {
        smells.add(
            new Smell(
                "graph not connected",
                sample.contestant(),
                (long) unreachable
                    + " of "
                    + sample.vectors()
                    + " nodes cannot be reached from the entry node"));
      }
    }
    shortAnswers.forEach(
        (contestant, places) -> {
          String text =
              places.entrySet().stream()
                  .map(place -> place.getKey() + ": " + place.getValue().longValue())
                  .collect(
                      Collectors.joining(", ", "queries with fewer hits than there are (", ")"));
          smells.add(new Smell("short answers", contestant, text));
        });
  }
}

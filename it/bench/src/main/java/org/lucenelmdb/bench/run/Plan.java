/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import static org.lucenelmdb.bench.result.Measure.ABORT;
import static org.lucenelmdb.bench.result.Measure.BUILD;
import static org.lucenelmdb.bench.result.Measure.CHURN;
import static org.lucenelmdb.bench.result.Measure.COLD;
import static org.lucenelmdb.bench.result.Measure.FILTER;
import static org.lucenelmdb.bench.result.Measure.HEAP;
import static org.lucenelmdb.bench.result.Measure.PAGES;
import static org.lucenelmdb.bench.result.Measure.SEARCH;
import static org.lucenelmdb.bench.result.Measure.TARGET;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.external.ExternalBuild;
import org.lucenelmdb.bench.external.ExternalEngine;
import org.lucenelmdb.bench.external.ExternalSearch;
import org.lucenelmdb.bench.external.ExternalTools;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * Plans the steps of a run. In each round the engines take turns, in the opposite order of the
 * previous round, so that drifts of the machine's speed favor no engine.
 */
final class Plan {

  /** The recall at which cold reads are measured, for engines that reach it. */
  private static final double COLD_RECALL = 0.95;

  /** The values of ef for the recall of a build: a faster build may give a worse graph. */
  private static final List<Integer> BUILT_EFS = List.of(40, 160);

  /** A single ef suffices to show a loss of recall. */
  private static final int CHURN_EF = 40;

  private final Options options;
  private final Workspace work;
  private final ChildJvm child;
  private final List<DataWarning> warnings;
  private final Consumer<String> listener;
  private final List<Step> steps = new ArrayList<>();
  private ExternalTools tools;

  /**
   * Creates a planner.
   *
   * @param warnings receives the warnings of steps
   * @param listener receives the names of installations
   */
  Plan(
      Options options,
      Workspace work,
      ChildJvm child,
      List<DataWarning> warnings,
      Consumer<String> listener) {
    this.options = options;
    this.work = work;
    this.child = child;
    this.warnings = warnings;
    this.listener = listener;
  }

  /**
   * Returns all steps, in order.
   *
   * @param found receives the samples of steps; later steps read it
   */
  List<Step> steps(List<Sample> found) {
    planTools();
    for (int vectors : options.sizes()) {
      planData(vectors);
      planBuilds(vectors);
      planSearches(vectors);
      planTargets(vectors);
      planFilters(vectors);
      planPages(vectors);
      planCold(vectors, found);
    }
    planSmall();
    return steps;
  }

  private boolean has(Measure measure) {
    return options.measures().contains(measure);
  }

  private void planTools() {
    if (options.external().isEmpty() == false) {
      steps.add(
          new Step(
              "external engines",
              null,
              progress -> {
                tools =
                    ExternalTools.prepare(
                        options.externalSources(),
                        options.externalTools(),
                        options.external(),
                        listener);
                return List.of();
              }));
    }
  }

  private void planData(int vectors) {
    String title = String.format(Locale.ROOT, "data, %,d vectors", vectors);
    steps.add(
        new Step(
            title, null, progress -> child.run(job(Job.Task.PREPARE, null, 0, vectors), progress)));
  }

  /** The engine that builds each index: the first one that uses it. */
  private Map<String, Engine> builders() {
    Map<String, Engine> builders = new LinkedHashMap<>();
    options.engines().forEach(c -> builders.putIfAbsent(c.info().index(), c));
    return builders;
  }

  /**
   * The engines build in turns, with each number of threads; the first graphs are used by all other
   * steps.
   */
  private void planBuilds(int vectors) {
    if (has(BUILD) == false) {
      return;
    }
    List<Step> turn = new ArrayList<>();
    for (int round = 0; round < options.buildRounds(); round++) {
      turn.clear();
      for (int threads : options.buildThreads()) {
        for (Engine engine : builders().values()) {
          turn.add(build(engine, vectors, round, threads));
        }
        for (ExternalEngine engine : options.external()) {
          turn.add(build(engine, vectors, round, threads));
        }
      }
      steps.addAll(round % 2 == 0 ? turn : turn.reversed());
    }
  }

  private String buildTitle(int round, int threads) {
    return "build"
        + (options.buildRounds() == 1 ? "" : " " + (round + 1) + "/" + options.buildRounds())
        + (options.buildThreads().size() == 1 ? "" : ", threads " + threads + ",");
  }

  /** The index of other steps, or another directory for builds with other numbers of threads. */
  private String builtIndex(String index, int threads) {
    return threads == options.buildThreads().getFirst() ? index : index + "-threads" + threads;
  }

  private Step build(Engine engine, int vectors, int round, int threads) {
    return step(
        buildTitle(round, threads),
        engine,
        progress -> {
          Path index = work.emptyIndex(builtIndex(engine.info().index(), threads), vectors);
          Job job = job(Job.Task.BUILD, engine, round, vectors).at(index, threads);
          List<Sample> builds = child.run(job, progress);
          Job search = job(Job.Task.SEARCH, engine, round, vectors).at(index, threads);
          Job.SearchParameters parameters =
              new Job.SearchParameters(builtEfs(), List.of(1), 0, 1, List.of());
          List<Sample> searches = child.run(search.with(parameters), done -> {});
          removeIfUnused(index, threads);
          return BuiltRecalls.add(builds, searches);
        });
  }

  private Step build(ExternalEngine engine, int vectors, int round, int threads) {
    String name = engine.info().name();
    return new Step(
        buildTitle(round, threads) + " " + name,
        name,
        progress -> {
          Path index = work.emptyIndex(builtIndex(name, threads), vectors);
          ExternalBuild build =
              new ExternalBuild(
                  work.data(vectors),
                  index,
                  round,
                  options.build().maxConn(),
                  options.build().beamWidth(),
                  threads);
          List<Sample> builds = tools.build(engine, build, progress);
          ExternalSearch search =
              new ExternalSearch(work.data(vectors), index, round, builtEfs(), List.of(1), 1, 0);
          List<Sample> searches = tools.search(engine, search, done -> {});
          removeIfUnused(index, threads);
          return BuiltRecalls.add(builds, searches);
        });
  }

  private void removeIfUnused(Path index, int threads) throws IOException {
    if (threads != options.buildThreads().getFirst()) {
      work.remove(index);
    }
  }

  private List<Integer> builtEfs() {
    return BUILT_EFS.stream().map(ef -> Math.max(ef, options.data().k())).distinct().toList();
  }

  private void planSearches(int vectors) {
    if (has(SEARCH) == false) {
      return;
    }
    List<Step> turn = new ArrayList<>();
    for (int round = 0; round < options.rounds(); round++) {
      int number = round;
      String title = "search " + (round + 1) + "/" + options.rounds();
      turn.clear();
      for (Engine engine : options.engines()) {
        turn.add(
            step(
                title,
                engine,
                progress -> child.run(job(Job.Task.SEARCH, engine, number, vectors), progress)));
      }
      for (ExternalEngine engine : options.external()) {
        String name = engine.info().name();
        turn.add(
            new Step(
                title + " " + name,
                name,
                progress ->
                    tools.search(
                        engine,
                        new ExternalSearch(
                            work.data(vectors),
                            work.index(name, vectors),
                            number,
                            options.search().efs(),
                            options.search().threads(),
                            options.search().passes(),
                            options.search().warmUpSeconds()),
                        progress)));
      }
      steps.addAll(round % 2 == 0 ? turn : turn.reversed());
    }
  }

  /** In turns, as searches; for engines that support target recalls. */
  private void planTargets(int vectors) {
    if (has(TARGET) == false) {
      return;
    }
    for (int round = 0; round < options.rounds(); round++) {
      int number = round;
      List<Step> turn = new ArrayList<>();
      for (Engine engine : options.engines()) {
        if (engine.takesTargets()) {
          turn.add(
              step(
                  "target recalls " + (round + 1) + "/" + options.rounds(),
                  engine,
                  progress -> child.run(job(Job.Task.TARGET, engine, number, vectors), progress)));
        }
      }
      steps.addAll(round % 2 == 0 ? turn : turn.reversed());
    }
  }

  private void planFilters(int vectors) {
    if (has(FILTER)) {
      for (Engine engine : options.engines()) {
        steps.add(
            step(
                "filters",
                engine,
                progress ->
                    child.run(
                        withEfs(job(Job.Task.FILTER, engine, 0, vectors), options.filterEfs()),
                        progress)));
      }
    }
  }

  private void planPages(int vectors) {
    if (has(PAGES)) {
      for (LuceneEngine engine : luceneEngines()) {
        steps.add(
            step(
                "pages",
                engine,
                progress -> child.run(job(Job.Task.PAGES, engine, 0, vectors), progress)));
      }
    }
  }

  private void planCold(int vectors, List<Sample> found) {
    if (has(COLD)) {
      for (Engine engine : options.engines()) {
        steps.add(
            step(
                "cold reads",
                engine,
                progress ->
                    child.run(
                        withEfs(
                            job(Job.Task.COLD, engine, 0, vectors),
                            List.of(coldEf(engine, vectors, found))),
                        progress)));
      }
    }
  }

  /** The smallest ef with sufficient recall, or the one with the best recall. */
  private int coldEf(Engine engine, int vectors, List<Sample> found) {
    List<Sample> searches =
        found.stream()
            .filter(s -> s.measure() == Measure.SEARCH && s.vectors() == vectors)
            .filter(s -> s.engine().equals(engine.info().name()))
            .sorted(Comparator.comparing(Sample::ef))
            .toList();
    return searches.stream()
        .filter(s -> s.value(Figures.RECALL) >= COLD_RECALL)
        .findFirst()
        .orElse(searches.getLast())
        .ef();
  }

  /** The measures that build many indexes, of a small part of the data. */
  private void planSmall() {
    int vectors = Math.min(options.smallSize(), options.sizes().getLast());
    List<LuceneEngine> builders =
        builders().values().stream()
            .filter(LuceneEngine.class::isInstance)
            .map(LuceneEngine.class::cast)
            .toList();
    if ((has(CHURN) || has(HEAP) || has(ABORT)) && options.sizes().contains(vectors) == false) {
      planData(vectors);
    }
    if (has(CHURN)) {
      for (LuceneEngine engine : builders) {
        steps.add(
            step(
                "churn",
                engine,
                progress -> {
                  Job job =
                      withEfs(
                          job(Job.Task.CHURN, engine, 0, vectors),
                          List.of(Math.max(CHURN_EF, options.data().k())));
                  return runOnce(job, progress);
                }));
      }
    }
    if (has(ABORT)) {
      for (LuceneEngine engine : builders) {
        steps.add(
            step(
                "rollbacks",
                engine,
                progress -> runOnce(job(Job.Task.ABORT, engine, 0, vectors), progress)));
      }
    }
    if (has(HEAP)) {
      String title = options.heapTrials().isEmpty() ? "smallest heap" : "heap";
      for (LuceneEngine engine : builders) {
        steps.add(step(title, engine, progress -> heap(engine, vectors, progress)));
      }
    }
  }

  /** Runs a job with an index that no other step uses. */
  private List<Sample> runOnce(Job job, DoubleConsumer progress) throws IOException {
    work.remove(job.index());
    try {
      return child.run(job, progress);
    } finally {
      work.remove(job.index());
    }
  }

  private List<Sample> heap(LuceneEngine engine, int vectors, DoubleConsumer progress)
      throws IOException {
    Job job = job(Job.Task.HEAP, engine, 0, vectors);
    HeapBuild build =
        (megabytes, limit) -> {
          List<String> arguments = new ArrayList<>();
          arguments.add("-Xmx" + megabytes + "m");
          arguments.add("-XX:+ExitOnOutOfMemoryError");
          if (options.simd()) {
            arguments.add(Machines.simdArgument());
          }
          return complete(new ChildJvm(arguments, work.log(), warnings), job, limit, progress);
        };
    Map<String, Double> figures =
        options.heapTrials().isEmpty()
            ? HeapBisection.run(build)
            : HeapTrials.run(options.heapTrials(), options.heapLimit(), build);
    String name = engine.info().name();
    int threads = options.build().threads();
    return List.of(new Sample(HEAP, name, 0, vectors, null, threads, null, null, null, figures));
  }

  private Optional<Map<String, Double>> complete(
      ChildJvm jvm, Job job, Duration limit, DoubleConsumer progress) throws IOException {
    work.remove(job.index());
    try {
      return Optional.of(jvm.run(job, limit, progress).getFirst().values());
    } catch (ChildJvm.FailedException e) {
      if (e.isOutOfBounds()) {
        return Optional.empty();
      }
      throw e;
    } finally {
      work.remove(job.index());
    }
  }

  private List<LuceneEngine> luceneEngines() {
    return options.engines().stream()
        .filter(LuceneEngine.class::isInstance)
        .map(LuceneEngine.class::cast)
        .toList();
  }

  private static Step step(String title, Engine engine, Step.Action action) {
    String name = engine.info().name();
    return new Step(title + " " + name, engine.info().index(), action);
  }

  private Job job(Job.Task task, Engine engine, int round, int vectors) {
    boolean apart = task == Job.Task.CHURN || task == Job.Task.HEAP || task == Job.Task.ABORT;
    String name = engine == null ? null : engine.info().name();
    Path index =
        engine == null
            ? null
            : work.index((apart ? "apart-" : "") + engine.info().index(), vectors);
    return new Job(
        task,
        name,
        round,
        work.data(vectors),
        index,
        options.build(),
        options.search(),
        options.churn(),
        task == Job.Task.PREPARE ? options.data().withBase(vectors) : null);
  }

  private static Job withEfs(Job job, List<Integer> efs) {
    Job.SearchParameters search = job.search();
    return job.with(
        new Job.SearchParameters(
            efs, search.threads(), search.warmUpSeconds(), search.passes(), search.targets()));
  }
}

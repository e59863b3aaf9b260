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

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.external.ExternalEngine;
import org.lucenelmdb.bench.external.ExternalSearch;
import org.lucenelmdb.bench.external.ExternalTools;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.memory.MemoryLimit;
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

  private final Options options;
  private final Workspace work;
  private final ChildJvm unlimited;
  private final ChildJvm child;
  private final MemoryLimit limit;
  private final Consumer<String> listener;
  private final Jobs jobs;
  private final List<Step> steps = new ArrayList<>();
  private ExternalTools tools;

  /**
   * Creates a planner.
   *
   * @param unlimited prepares data sets, and builds indexes if builds have no limits
   * @param child measures
   * @param limit of the memory of external programs
   * @param listener receives the names of installations
   */
  Plan(
      Options options,
      Workspace work,
      ChildJvm unlimited,
      ChildJvm child,
      MemoryLimit limit,
      Consumer<String> listener) {
    this.options = options;
    this.work = work;
    this.unlimited = unlimited;
    this.child = child;
    this.limit = limit;
    this.listener = listener;
    jobs = new Jobs(options, work);
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
      if (has(BUILD)) {
        steps.addAll(buildSteps().steps(vectors));
      }
      planSearches(vectors);
      planTargets(vectors);
      planFilters(vectors);
      planPages(vectors);
      planCold(vectors, found);
    }
    planRebuilds();
    return steps;
  }

  private BuildSteps buildSteps() {
    return options.limits().builds()
        ? new BuildSteps(options, work, child, () -> tools)
        : new BuildSteps(options, work, unlimited, () -> tools.unlimited());
  }

  private void planRebuilds() {
    if (has(CHURN) || has(HEAP) || has(ABORT)) {
      int vectors = Math.min(options.smallSize(), options.sizes().getLast());
      if (options.sizes().contains(vectors) == false) {
        planData(vectors);
      }
      steps.addAll(new RebuildSteps(options, work, child).steps(vectors));
    }
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
                        limit,
                        listener);
                return List.of();
              }));
    }
  }

  private void planData(int vectors) {
    String title = String.format(Locale.ROOT, "data, %,d vectors", vectors);
    steps.add(
        new Step(
            title,
            null,
            progress -> unlimited.run(jobs.of(Job.Task.PREPARE, null, 0, vectors), progress)));
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
            Step.of(
                title,
                engine,
                progress ->
                    child.run(jobs.of(Job.Task.SEARCH, engine, number, vectors), progress)));
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
              Step.of(
                  "target recalls " + (round + 1) + "/" + options.rounds(),
                  engine,
                  progress ->
                      child.run(jobs.of(Job.Task.TARGET, engine, number, vectors), progress)));
        }
      }
      steps.addAll(round % 2 == 0 ? turn : turn.reversed());
    }
  }

  private void planFilters(int vectors) {
    if (has(FILTER)) {
      for (Engine engine : options.engines()) {
        steps.add(
            Step.of(
                "filters",
                engine,
                progress ->
                    child.run(
                        jobs.of(Job.Task.FILTER, engine, vectors, options.filterEfs()), progress)));
      }
    }
  }

  private void planPages(int vectors) {
    if (has(PAGES)) {
      for (LuceneEngine engine : luceneEngines()) {
        steps.add(
            Step.of(
                "pages",
                engine,
                progress -> child.run(jobs.of(Job.Task.PAGES, engine, 0, vectors), progress)));
      }
    }
  }

  private void planCold(int vectors, List<Sample> found) {
    if (has(COLD)) {
      for (Engine engine : options.engines()) {
        steps.add(
            Step.of(
                "cold reads",
                engine,
                progress ->
                    child.run(
                        jobs.of(
                            Job.Task.COLD,
                            engine,
                            vectors,
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

  private List<LuceneEngine> luceneEngines() {
    return options.engines().stream()
        .filter(LuceneEngine.class::isInstance)
        .map(LuceneEngine.class::cast)
        .toList();
  }
}

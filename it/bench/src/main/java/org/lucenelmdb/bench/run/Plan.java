/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import static org.lucenelmdb.bench.result.Measure.CHURN;
import static org.lucenelmdb.bench.result.Measure.COLD;
import static org.lucenelmdb.bench.result.Measure.FILTER;
import static org.lucenelmdb.bench.result.Measure.HEAP;
import static org.lucenelmdb.bench.result.Measure.PAGES;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.lucenelmdb.bench.contestant.Contestant;
import org.lucenelmdb.bench.contestant.LuceneContestant;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.outside.OutsideBuild;
import org.lucenelmdb.bench.outside.OutsideContestant;
import org.lucenelmdb.bench.outside.OutsideSearch;
import org.lucenelmdb.bench.outside.OutsideTools;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.Smell;

/**
 * The steps of a run. In each round every contestant has its turn, in the opposite order of the
 * round before, so that what gets slower or faster with time favours none.
 */
final class Plan {

  /** The recall at which cold reads are measured, by those who reach it. */
  private static final double COLD_RECALL = 0.95;

  /** One is enough to see a recall fall. */
  private static final int CHURN_EF = 40;

  private final Options options;
  private final Workspace work;
  private final ChildJvm child;
  private final List<Smell> smells;
  private final Consumer<String> listener;
  private final List<Step> steps = new ArrayList<>();
  private OutsideTools tools;

  /**
   * Makes a plan.
   *
   * @param smells to which steps add
   * @param listener is told what is installed
   */
  Plan(
      Options options,
      Workspace work,
      ChildJvm child,
      List<Smell> smells,
      Consumer<String> listener) {
    this.options = options;
    this.work = work;
    this.child = child;
    this.smells = smells;
    this.listener = listener;
  }

  /**
   * All steps, in their order.
   *
   * @param found to which the run adds what the steps find: later ones look at it
   */
  List<Step> steps(List<Sample> found) {
    planTools();
    for (int vectors : options.sizes()) {
      planData(vectors);
      planBuilds(vectors);
      planSearches(vectors);
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
    if (options.outside().isEmpty() == false) {
      steps.add(
          new Step(
              "programs outside the JVM",
              null,
              progress -> {
                tools =
                    OutsideTools.prepare(
                        options.outsideSources(),
                        options.outsideTools(),
                        options.outside(),
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

  /** The first contestant of each index builds it. */
  private Map<String, Contestant> builders() {
    Map<String, Contestant> builders = new LinkedHashMap<>();
    options.contestants().forEach(c -> builders.putIfAbsent(c.info().index(), c));
    return builders;
  }

  private void planBuilds(int vectors) {
    for (Contestant contestant : builders().values()) {
      steps.add(
          step(
              "build",
              contestant,
              progress -> {
                work.emptyIndex(contestant.info().index(), vectors);
                return child.run(job(Job.Task.BUILD, contestant, 0, vectors), progress);
              }));
    }
    for (OutsideContestant contestant : options.outside()) {
      String name = contestant.info().name();
      steps.add(
          new Step(
              "build " + name,
              name,
              progress ->
                  tools.build(
                      contestant,
                      new OutsideBuild(
                          work.data(vectors),
                          work.emptyIndex(name, vectors),
                          0,
                          options.build().maxConn(),
                          options.build().beamWidth(),
                          options.build().threads()),
                      progress)));
    }
  }

  private void planSearches(int vectors) {
    List<Step> turn = new ArrayList<>();
    for (int round = 0; round < options.rounds(); round++) {
      int number = round;
      String title = "search " + (round + 1) + "/" + options.rounds();
      turn.clear();
      for (Contestant contestant : options.contestants()) {
        turn.add(
            step(
                title,
                contestant,
                progress ->
                    child.run(job(Job.Task.SEARCH, contestant, number, vectors), progress)));
      }
      for (OutsideContestant contestant : options.outside()) {
        String name = contestant.info().name();
        turn.add(
            new Step(
                title + " " + name,
                name,
                progress ->
                    tools.search(
                        contestant,
                        new OutsideSearch(
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

  private void planFilters(int vectors) {
    if (has(FILTER)) {
      for (Contestant contestant : options.contestants()) {
        steps.add(
            step(
                "filters",
                contestant,
                progress ->
                    child.run(
                        withEfs(job(Job.Task.FILTER, contestant, 0, vectors), options.filterEfs()),
                        progress)));
      }
    }
  }

  private void planPages(int vectors) {
    if (has(PAGES)) {
      for (LuceneContestant contestant : luceneContestants()) {
        steps.add(
            step(
                "pages",
                contestant,
                progress -> child.run(job(Job.Task.PAGES, contestant, 0, vectors), progress)));
      }
    }
  }

  private void planCold(int vectors, List<Sample> found) {
    if (has(COLD)) {
      for (Contestant contestant : options.contestants()) {
        steps.add(
            step(
                "cold reads",
                contestant,
                progress ->
                    child.run(
                        withEfs(
                            job(Job.Task.COLD, contestant, 0, vectors),
                            List.of(coldEf(contestant, vectors, found))),
                        progress)));
      }
    }
  }

  /** The smallest ef of enough recall, or the one of the best recall. */
  private int coldEf(Contestant contestant, int vectors, List<Sample> found) {
    List<Sample> searches =
        found.stream()
            .filter(s -> s.measure() == Measure.SEARCH && s.vectors() == vectors)
            .filter(s -> s.contestant().equals(contestant.info().name()))
            .sorted(Comparator.comparing(Sample::ef))
            .toList();
    return searches.stream()
        .filter(s -> s.value(Figures.RECALL) >= COLD_RECALL)
        .findFirst()
        .orElse(searches.getLast())
        .ef();
  }

  /** What needs many builds, of a small part of the data. */
  private void planSmall() {
    int vectors = Math.min(options.smallSize(), options.sizes().getLast());
    List<LuceneContestant> builders =
        builders().values().stream()
            .filter(LuceneContestant.class::isInstance)
            .map(LuceneContestant.class::cast)
            .toList();
    if ((has(CHURN) || has(HEAP)) && options.sizes().contains(vectors) == false) {
      planData(vectors);
    }
    if (has(CHURN)) {
      for (LuceneContestant contestant : builders) {
        steps.add(
            step(
                "churn",
                contestant,
                progress -> {
                  Job job =
                      withEfs(
                          job(Job.Task.CHURN, contestant, 0, vectors),
                          List.of(Math.max(CHURN_EF, options.data().k())));
                  work.remove(job.index());
                  List<Sample> found = child.run(job, progress);
                  work.remove(job.index());
                  return found;
                }));
      }
    }
    if (has(HEAP)) {
      for (LuceneContestant contestant : builders) {
        steps.add(step("smallest heap", contestant, progress -> heap(contestant, vectors)));
      }
    }
  }

  private List<Sample> heap(LuceneContestant contestant, int vectors) throws IOException {
    Job job = job(Job.Task.BUILD, contestant, 0, vectors);
    Map<String, Double> figures =
        HeapBisection.run(
            (megabytes, limit) -> {
              List<String> arguments = new ArrayList<>();
              arguments.add("-Xmx" + megabytes + "m");
              arguments.add("-XX:+ExitOnOutOfMemoryError");
              if (options.simd()) {
                arguments.add(Machines.simdArgument());
              }
              return builds(new ChildJvm(arguments, work.log(), smells), job, limit);
            });
    work.remove(job.index());
    return List.of(Sample.of(HEAP, contestant.info().name(), 0, vectors, figures));
  }

  private boolean builds(ChildJvm jvm, Job job, Duration limit) throws IOException {
    work.remove(job.index());
    try {
      jvm.run(job, limit, done -> {});
      return true;
    } catch (ChildJvm.FailedException e) {
      if (e.isOutOfBounds()) {
        return false;
      }
      throw e;
    }
  }

  private List<LuceneContestant> luceneContestants() {
    return options.contestants().stream()
        .filter(LuceneContestant.class::isInstance)
        .map(LuceneContestant.class::cast)
        .toList();
  }

  private static Step step(String title, Contestant contestant, Step.Action action) {
    String name = contestant.info().name();
    return new Step(title + " " + name, contestant.info().index(), action);
  }

  private Job job(Job.Task task, Contestant contestant, int round, int vectors) {
    boolean small = task == Job.Task.CHURN;
    String name = contestant == null ? null : contestant.info().name();
    Path index =
        contestant == null
            ? null
            : work.index((small ? "churn-" : "") + contestant.info().index(), vectors);
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
    return new Job(
        job.task(),
        job.contestant(),
        job.round(),
        job.data(),
        job.index(),
        job.build(),
        new Job.SearchParameters(
            efs, job.search().threads(), job.search().warmUpSeconds(), job.search().passes()),
        job.churn(),
        job.prepare());
  }
}

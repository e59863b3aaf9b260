/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.external.ExternalBuild;
import org.lucenelmdb.bench.external.ExternalEngine;
import org.lucenelmdb.bench.external.ExternalSearch;
import org.lucenelmdb.bench.external.ExternalTools;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.result.Sample;

/**
 * Plans the builds. The engines build in turns, with each number of threads; the first graphs are
 * used by all other steps.
 */
final class BuildSteps {

  /** The values of ef for the recall of a build: a faster build may give a worse graph. */
  private static final List<Integer> BUILT_EFS = List.of(40, 160);

  private final Options options;
  private final Workspace work;
  private final ChildJvm child;
  private final Supplier<ExternalTools> tools;
  private final Jobs jobs;

  /**
   * Creates a planner.
   *
   * @param tools available when steps run
   */
  BuildSteps(Options options, Workspace work, ChildJvm child, Supplier<ExternalTools> tools) {
    this.options = options;
    this.work = work;
    this.child = child;
    this.tools = tools;
    jobs = new Jobs(options, work);
  }

  /** Returns the builds of an index of each size. */
  List<Step> steps(int vectors) {
    List<Step> steps = new ArrayList<>();
    List<Step> turn = new ArrayList<>();
    for (int round = 0; round < options.buildRounds(); round++) {
      turn.clear();
      for (int threads : options.buildThreads()) {
        for (Engine engine : jobs.builders().values()) {
          turn.add(build(engine, vectors, round, threads));
        }
        for (ExternalEngine engine : options.external()) {
          turn.add(build(engine, vectors, round, threads));
        }
      }
      steps.addAll(round % 2 == 0 ? turn : turn.reversed());
    }
    return steps;
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
    return Step.of(
        buildTitle(round, threads),
        engine,
        progress -> {
          Path index = work.emptyIndex(builtIndex(engine.info().index(), threads), vectors);
          Job job = jobs.of(Job.Task.BUILD, engine, round, vectors).at(index, threads);
          List<Sample> builds = child.run(job, progress);
          Job search = jobs.of(Job.Task.SEARCH, engine, round, vectors).at(index, threads);
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
          List<Sample> builds = tools.get().build(engine, build, progress);
          ExternalSearch search =
              new ExternalSearch(work.data(vectors), index, round, builtEfs(), List.of(1), 1, 0);
          List<Sample> searches = tools.get().search(engine, search, done -> {});
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
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import static org.lucenelmdb.bench.result.Measure.ABORT;
import static org.lucenelmdb.bench.result.Measure.CHURN;
import static org.lucenelmdb.bench.result.Measure.HEAP;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.memory.OutOfMemoryException;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/** Plans the measures that build many indexes, of a small part of the data. */
final class RebuildSteps {

  /** A single ef suffices to show a loss of recall. */
  private static final int CHURN_EF = 40;

  private final Options options;
  private final Workspace work;
  private final ChildJvm child;
  private final Jobs jobs;

  RebuildSteps(Options options, Workspace work, ChildJvm child) {
    this.options = options;
    this.work = work;
    this.child = child;
    jobs = new Jobs(options, work);
  }

  /** Returns the steps of the run's measures, for an index of a given size. */
  List<Step> steps(int vectors) {
    List<Step> steps = new ArrayList<>();
    List<LuceneEngine> builders =
        jobs.builders().values().stream()
            .filter(LuceneEngine.class::isInstance)
            .map(LuceneEngine.class::cast)
            .toList();
    if (has(CHURN)) {
      for (LuceneEngine engine : builders) {
        steps.add(
            Step.of(
                "churn",
                engine,
                progress -> {
                  Job job =
                      jobs.of(
                          Job.Task.CHURN,
                          engine,
                          vectors,
                          List.of(Math.max(CHURN_EF, options.data().k())));
                  return runOnce(job, progress);
                }));
      }
    }
    if (has(ABORT)) {
      for (LuceneEngine engine : builders) {
        steps.add(
            Step.of(
                "rollbacks",
                engine,
                progress -> runOnce(jobs.of(Job.Task.ABORT, engine, 0, vectors), progress)));
      }
    }
    if (has(HEAP)) {
      String title = options.heapTrials().isEmpty() ? "smallest heap" : "heap";
      for (LuceneEngine engine : builders) {
        steps.add(Step.of(title, engine, progress -> heap(engine, vectors, progress)));
      }
    }
    return steps;
  }

  private boolean has(Measure measure) {
    return options.measures().contains(measure);
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
    Job job = jobs.of(Job.Task.HEAP, engine, 0, vectors);
    HeapBuild build =
        (megabytes, limit) -> {
          List<String> heap = Limits.heapArguments(megabytes);
          return complete(child.with(heap), job, limit, progress);
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
    } catch (OutOfMemoryException e) {
      return Optional.empty();
    } catch (ChildJvm.FailedException e) {
      if (e.isTimedOut()) {
        return Optional.empty();
      }
      throw e;
    } finally {
      work.remove(job.index());
    }
  }
}

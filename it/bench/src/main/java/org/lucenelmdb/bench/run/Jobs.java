/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.measure.Job;

/** Creates the jobs of a run. */
record Jobs(Options options, Workspace work) {

  /** The engine that builds each index: the first one that uses it. */
  Map<String, Engine> builders() {
    Map<String, Engine> builders = new LinkedHashMap<>();
    options.engines().forEach(c -> builders.putIfAbsent(c.info().index(), c));
    return builders;
  }

  /**
   * The job of a task.
   *
   * @param engine null for {@link Job.Task#PREPARE}
   */
  Job of(Job.Task task, Engine engine, int round, int vectors) {
    boolean createsIndex =
        task == Job.Task.CHURN || task == Job.Task.HEAP || task == Job.Task.ABORT;
    String name = engine == null ? null : engine.info().name();
    Path index =
        engine == null
            ? null
            : work.index((createsIndex ? "apart-" : "") + engine.info().index(), vectors);
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

  /** The job of a task with other values of ef. */
  Job of(Job.Task task, Engine engine, int vectors, List<Integer> efs) {
    Job.SearchParameters search = options.search();
    return of(task, engine, 0, vectors)
        .with(
            new Job.SearchParameters(
                efs, search.threads(), search.warmUpSeconds(), search.passes(), search.targets()));
  }
}

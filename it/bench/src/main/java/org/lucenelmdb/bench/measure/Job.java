/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import org.lucenelmdb.bench.engine.BuildParameters;

/**
 * A task of a child JVM, sent as JSON.
 *
 * @param task the task
 * @param engine the name of the engine; null for tasks without one
 * @param round from 0
 * @param data the directory of a prepared data set
 * @param index the engine's index, which {@link Task#BUILD}, {@link Task#HEAP}, {@link Task#CHURN}
 *     and {@link Task#ABORT} create
 * @param build the parameters of these tasks
 * @param search the parameters of all other tasks
 * @param churn the parameters of {@link Task#CHURN}
 * @param prepare the data set that {@link Task#PREPARE} creates in {@code data}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Job(
    Task task,
    String engine,
    int round,
    Path data,
    Path index,
    BuildParameters build,
    SearchParameters search,
    ChurnParameters churn,
    DataSpec prepare) {

  /** Returns a copy with another index, built by {@code threads} threads. */
  public Job at(Path otherIndex, int threads) {
    return new Job(
        task, engine, round, data, otherIndex, build.withThreads(threads), search, churn, prepare);
  }

  /** Returns a copy with other searches. */
  public Job with(SearchParameters other) {
    return new Job(task, engine, round, data, index, build, other, churn, prepare);
  }

  /** The tasks. */
  public enum Task {
    BUILD,
    SEARCH,
    FILTER,
    TARGET,
    CHURN,
    PAGES,
    COLD,
    HEAP,
    ABORT,
    PREPARE
  }

  /**
   * Search parameters.
   *
   * @param efs the numbers of candidates that searches keep, ascending
   * @param threads numbers of threads, each measured
   * @param warmUpSeconds of CPU time, before anything is measured
   * @param passes over the queries; the fastest counts
   * @param targets the target recalls of {@link Task#TARGET}, ascending
   */
  public record SearchParameters(
      List<Integer> efs,
      List<Integer> threads,
      double warmUpSeconds,
      int passes,
      List<Double> targets) {}

  /**
   * Churn parameters.
   *
   * @param generations the number of times that vectors are deleted and added again
   * @param part the share of the vectors that each generation replaces, from 0 to 1
   * @param forced whether each generation merges all segments into one, or leaves merging to
   *     Lucene's policy
   * @param seed selects the vectors
   */
  public record ChurnParameters(int generations, double part, boolean forced, long seed) {}
}

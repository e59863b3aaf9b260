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
 * What a child JVM is to do; it gets it as JSON.
 *
 * @param task what
 * @param engine whose name; null for tasks without one
 * @param round from 0
 * @param data a prepared data set's directory
 * @param index the engine's index, which {@link Task#BUILD}, {@link Task#HEAP}, {@link Task#CHURN}
 *     and {@link Task#ABORT} create
 * @param build the parameters of these
 * @param search those of all others
 * @param churn how often {@link Task#CHURN} replaces which part of the vectors
 * @param prepare what {@link Task#PREPARE} makes, in the data set's directory
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

  /** The same with another index, built by so many threads. */
  public Job at(Path otherIndex, int threads) {
    return new Job(
        task, engine, round, data, otherIndex, build.withThreads(threads), search, churn, prepare);
  }

  /** The same with other searches. */
  public Job with(SearchParameters other) {
    return new Job(task, engine, round, data, index, build, other, churn, prepare);
  }

  /** What can be done. */
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
   * How to search.
   *
   * @param efs how many candidates searches keep, ascending
   * @param threads numbers of threads, each measured
   * @param warmUpSeconds of CPU time, before anything is measured
   * @param passes over the queries, of which the fastest counts
   * @param targets recalls that {@link Task#TARGET} is to reach, ascending
   */
  public record SearchParameters(
      List<Integer> efs,
      List<Integer> threads,
      double warmUpSeconds,
      int passes,
      List<Double> targets) {}

  /**
   * How to delete and add again.
   *
   * @param generations how often
   * @param part of the vectors each time, from 0 to 1
   * @param forced whether all is merged into one segment each time, or only what Lucene's policy
   *     merges by itself
   * @param seed decides which
   */
  public record ChurnParameters(int generations, double part, boolean forced, long seed) {}
}

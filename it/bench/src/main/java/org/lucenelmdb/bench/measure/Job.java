/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import org.lucenelmdb.bench.contestant.BuildParameters;

/**
 * What a child JVM is to do; it gets it as JSON.
 *
 * @param task what
 * @param contestant whose name; null for tasks without one
 * @param round from 0
 * @param data a prepared data set's directory
 * @param index the contestant's index, which {@link Task#BUILD} and {@link Task#CHURN} create
 * @param build the parameters of these
 * @param search those of all others
 * @param churn how often {@link Task#CHURN} replaces which part of the vectors
 * @param prepare what {@link Task#PREPARE} makes, in the data set's directory
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Job(
    Task task,
    String contestant,
    int round,
    Path data,
    Path index,
    BuildParameters build,
    SearchParameters search,
    ChurnParameters churn,
    DataSpec prepare) {

  /** What can be done. */
  public enum Task {
    BUILD,
    SEARCH,
    FILTER,
    CHURN,
    PAGES,
    COLD,
    PREPARE
  }

  /**
   * How to search.
   *
   * @param efs how many candidates searches keep, ascending
   * @param threads numbers of threads, each measured
   * @param warmUpSeconds of CPU time, before anything is measured
   * @param passes over the queries, of which the fastest counts
   */
  public record SearchParameters(
      List<Integer> efs, List<Integer> threads, double warmUpSeconds, int passes) {}

  /**
   * How to delete and add again.
   *
   * @param generations how often
   * @param part of the vectors each time, from 0 to 1
   * @param seed decides which
   */
  public record ChurnParameters(int generations, double part, long seed) {}
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.lucenelmdb.bench.engine.BuildParameters;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.external.ExternalEngine;
import org.lucenelmdb.bench.measure.DataSpec;
import org.lucenelmdb.bench.measure.Job;
import org.lucenelmdb.bench.result.Measure;

/**
 * What to run.
 *
 * @param preset its name, for the report
 * @param command the user's options, for the report
 * @param data of the largest size; the other sizes are parts of it
 * @param sizes how many vectors to index, ascending
 * @param smallSize how many for {@link Measure#CHURN}, {@link Measure#HEAP} and {@link
 *     Measure#ABORT}, which build often
 * @param engines in the JVM
 * @param external engines outside the JVM
 * @param measures what to measure, with all that this needs
 * @param rounds how often all are searched
 * @param buildRounds how often all build
 * @param buildThreads numbers of threads that build, ascending, each measured; the graphs of the
 *     first are used for all else
 * @param filterEfs for searches with filters
 * @param heapTrials the only heaps to try, in MB; none to search for the smallest
 * @param heapLimit for each of these trials
 * @param simd whether child JVMs get the module jdk.incubator.vector
 * @param externalSources where the programs outside the JVM are; null if there are none
 * @param externalTools where they are installed
 * @param work where data sets and indexes are kept; null for a temporary directory
 */
public record Options(
    String preset,
    String command,
    DataSpec data,
    List<Integer> sizes,
    int smallSize,
    List<Engine> engines,
    List<ExternalEngine> external,
    Set<Measure> measures,
    int rounds,
    int buildRounds,
    List<Integer> buildThreads,
    BuildParameters build,
    Job.SearchParameters search,
    List<Integer> filterEfs,
    Job.ChurnParameters churn,
    List<Integer> heapTrials,
    Duration heapLimit,
    boolean simd,
    Path externalSources,
    Path externalTools,
    Path work) {}

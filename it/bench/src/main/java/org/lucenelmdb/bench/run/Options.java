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
 * The options of a run.
 *
 * @param preset its name, for the report
 * @param command the user's options, for the report
 * @param data of the largest size; the other sizes are parts of it
 * @param sizes the numbers of vectors to index, ascending
 * @param smallSize the number of vectors for {@link Measure#CHURN}, {@link Measure#HEAP} and {@link
 *     Measure#ABORT}, which build often
 * @param engines the engines in the JVM
 * @param external the external engines
 * @param measures the measures, including those that others depend on
 * @param rounds the number of search rounds
 * @param buildRounds the number of build rounds
 * @param buildThreads numbers of build threads, ascending, each measured; the graphs of the first
 *     are used by all other measures
 * @param filterEfs for searches with filters
 * @param heapTrials the only heap sizes to try, in MB; empty to search for the smallest
 * @param heapLimit for each of these trials
 * @param limits of the memory of measured processes
 * @param simd whether child JVMs get the module jdk.incubator.vector
 * @param externalSources the sources of external engines; null if there are none
 * @param externalTools the installation directory of external engines
 * @param work the directory of data sets and indexes; null for a temporary directory
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
    Limits limits,
    boolean simd,
    Path externalSources,
    Path externalTools,
    Path work) {}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.data.Filter;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.external.ExternalEngine;
import org.lucenelmdb.bench.external.ExternalException;
import org.lucenelmdb.bench.memory.MemoryLimit;
import org.lucenelmdb.bench.memory.OutOfMemoryException;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.FilterInfo;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.Sample;
import org.lucenelmdb.bench.result.Setup;

/** A run: plans the steps, runs them one after the other, and collects their results. */
public final class Run {

  private final Options options;
  private final Progress progress;
  private final List<Sample> samples = new ArrayList<>();
  private final List<DataWarning> warnings = Collections.synchronizedList(new ArrayList<>());
  private final Set<String> skipped = new HashSet<>();
  private boolean failures;
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private final long start = System.nanoTime();
  private final String commit =
      Machines.commit(); // read now, because the sources may change during the run

  public Run(Options options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  /** Whether a step of an engine failed; the warnings have the reasons. */
  public boolean hasFailures() {
    return failures;
  }

  /**
   * Runs all steps.
   *
   * @param checkpoint receives the intermediate result after each step that found something
   * @throws org.lucenelmdb.bench.data.BadDataException if the data cannot be used
   * @throws org.lucenelmdb.bench.memory.UnsupportedLimitException if the system cannot limit memory
   * @throws IOException if something other than an engine failed
   */
  public Result execute(Checkpoint checkpoint) throws IOException {
    try (Workspace work = new Workspace(options.work(), options.limits())) {
      List<String> arguments = options.simd() ? List.of(Machines.simdArgument()) : List.of();
      ChildJvm unlimited = new ChildJvm(arguments, MemoryLimit.NONE, work.log(), warnings);
      ChildJvm child =
          new ChildJvm(arguments, work.limit(), work.log(), warnings)
              .with(options.limits().arguments());
      List<Step> steps =
          new Plan(options, work, unlimited, child, work.limit(), progress::say).steps(samples);
      int number = 0;
      for (Step step : steps) {
        number++;
        if (skipped.contains(step.subject()) == false) {
          progress.begin(number, steps.size(), step.title());
          if (run(step)) {
            checkpoint.save(result(work));
          }
        }
      }
      return result(work);
    } finally {
      progress.end();
    }
  }

  /** Saves intermediate results. */
  @FunctionalInterface
  public interface Checkpoint {
    /** Replaces the saved result. */
    void save(Result result) throws IOException;
  }

  private Result result(Workspace work) throws IOException {
    List<Dataset> prepared = new ArrayList<>();
    for (int vectors : options.sizes()) {
      if (Dataset.isPrepared(work.data(vectors))) {
        prepared.add(Dataset.open(work.data(vectors)));
      }
    }
    Dataset data = prepared.getLast(); // not empty, because a step found something
    List<DataWarning> all = new ArrayList<>(data.warnings());
    all.addAll(warnings);
    all.addAll(warningsOfSamples());
    return new Result(
        Result.SCHEMA,
        started.toString(),
        commit,
        (System.nanoTime() - start) / 1e9,
        Machines.describe(options.simd()),
        setup(data),
        engines(),
        filters(prepared),
        List.copyOf(all),
        List.copyOf(samples));
  }

  /** The filters of all sizes: the attribute values to filter by depend on the base. */
  private static List<FilterInfo> filters(List<Dataset> prepared) {
    Map<String, FilterInfo> filters = new LinkedHashMap<>();
    for (Dataset data : prepared.reversed()) {
      for (Filter filter : data.filters()) {
        filters.putIfAbsent(filter.info().name(), filter.info());
      }
    }
    return List.copyOf(filters.values());
  }

  /** Runs a step and returns whether it found something. */
  private boolean run(Step step) throws IOException {
    try {
      List<Sample> found = step.action().run(progress::update);
      return samples.addAll(found);
    } catch (OutOfMemoryException e) {
      failed(step, "out of memory", e);
      failures |= options.limits().any() == false; // with a given limit, this is a result
      return false;
    } catch (ChildJvm.FailedException | ExternalException e) {
      failed(step, "failed", e);
      failures = true;
      return false;
    }
  }

  /** Notes the reason, and skips the later steps of the same subject. */
  private void failed(Step step, String what, IOException e) throws IOException {
    if (step.subject() == null) {
      throw e;
    }
    skipped.add(step.subject());
    warnings.add(new DataWarning(what, step.subject(), step.title() + ": " + e.getMessage()));
  }

  private Setup setup(Dataset data) {
    return new Setup(
        options.preset(),
        options.command(),
        data.name(),
        data.hash(),
        data.dimension(),
        data.metric().wireName(),
        options.sizes(),
        data.queries().length,
        data.k(),
        options.build().maxConn(),
        options.build().beamWidth(),
        options.build().threads(),
        options.rounds(),
        options.data().seed(),
        options.limits().memoryMegabytes(),
        options.limits().heapMegabytes(),
        options.limits().any() ? options.limits().builds() : null);
  }

  private List<EngineInfo> engines() {
    return Stream.concat(
            options.engines().stream().map(Engine::info),
            options.external().stream().map(ExternalEngine::info))
        .toList();
  }

  private List<DataWarning> warningsOfSamples() {
    List<DataWarning> found = new ArrayList<>();
    Map<String, Map<String, Double>> shortAnswers = new LinkedHashMap<>();
    for (Sample sample : samples) {
      double shortHere = sample.value(Figures.SHORT);
      if (shortHere > 0) {
        String where = sample.filter() == null ? "without a filter" : sample.filter();
        shortAnswers
            .computeIfAbsent(sample.engine(), name -> new LinkedHashMap<>())
            .merge(where, shortHere, Math::max);
      }
      double unreachable = sample.value(Figures.UNREACHABLE);
      if (unreachable > 0) {
        found.add(
            new DataWarning(
                "graph not connected",
                sample.engine(),
                (long) unreachable
                    + " of "
                    + sample.vectors()
                    + " nodes cannot be reached from the entry node"));
      }
    }
    shortAnswers.forEach(
        (engine, places) -> {
          String text =
              places.entrySet().stream()
                  .map(place -> place.getKey() + ": " + place.getValue().longValue())
                  .collect(
                      Collectors.joining(", ", "queries with fewer hits than possible (", ")"));
          found.add(new DataWarning("short answers", engine, text));
        });
    return found;
  }
}

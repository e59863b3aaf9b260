/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.Engines;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * The main class of a child JVM: runs one {@link Job}, which it reads from standard input, and
 * reports on standard output, line by line.
 */
public final class Worker {

  /** The exit code if the user's data cannot be used. */
  public static final int BAD_DATA = 2;

  /** The exit code if memory ran out: that of -XX:+ExitOnOutOfMemoryError. */
  public static final int OUT_OF_MEMORY = 3;

  private Worker() {}

  public static void main(String[] args) throws IOException {
    Job job = new ObjectMapper().readValue(System.in, Job.class);
    Reporter reporter =
        new Reporter(
            new PrintStream(
                new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
    try {
      for (Sample sample : run(job, reporter)) {
        reporter.report(sample);
      }
    } catch (BadDataException e) {
      reporter.badData(e.getMessage());
      System.exit(BAD_DATA);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      if (isOutOfMemory(e)) {
        System.err.println(e);
        Runtime.getRuntime().halt(OUT_OF_MEMORY); // threads of a writer may still be running
      }
      throw e;
    }
  }

  /**
   * Whether memory ran out. The option ExitOnOutOfMemoryError covers only errors thrown by the JVM
   * itself: Java code throws the same error when off-heap memory is exhausted, and writers wrap
   * what their merges throw.
   */
  private static boolean isOutOfMemory(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }

  private static List<Sample> run(Job job, Reporter reporter) throws IOException {
    if (job.task() == Job.Task.PREPARE) {
      job.prepare().prepare(job.data(), reporter::progress);
      return List.of();
    }
    Engine engine = Engines.get(job.engine());
    Dataset data =
        switch (job.task()) {
          case BUILD, HEAP, ABORT -> Dataset.openToBuild(job.data());
          default -> Dataset.open(job.data());
        };
    return switch (job.task()) {
      case BUILD -> List.of(build(job, engine, data, reporter));
      case SEARCH -> {
        try (OpenIndex index = engine.open(data, job.index())) {
          yield new SearchMeasure(job, data, index, reporter).measure();
        }
      }
      case FILTER -> {
        try (OpenIndex index = engine.open(data, job.index())) {
          yield new FilterMeasure(job, data, index, engine.strategies(), reporter).measure();
        }
      }
      case TARGET -> {
        try (OpenIndex index = engine.open(data, job.index())) {
          yield new TargetMeasure(job, data, index, reporter).measure();
        }
      }
      case CHURN -> new ChurnMeasure(job, data, (LuceneEngine) engine, reporter).measure();
      case PAGES -> new PagesMeasure(job, data, (LuceneEngine) engine).measure();
      case COLD -> new ColdMeasure(job, data, engine, reporter).measure();
      case HEAP -> List.of(new HeapMeasure(job, data, (LuceneEngine) engine, reporter).measure());
      case ABORT -> List.of(new AbortMeasure(job, data, (LuceneEngine) engine, reporter).measure());
      case PREPARE -> throw new AssertionError();
    };
  }

  private static Sample build(Job job, Engine engine, Dataset data, Reporter reporter)
      throws IOException {
    Map<String, Double> figures =
        new LinkedHashMap<>(engine.build(data, job.index(), job.build(), reporter::progress));
    ProcessMemory.addPeaks(figures);
    return new Sample(
        Measure.BUILD,
        job.engine(),
        job.round(),
        data.count(),
        null,
        job.build().threads(),
        null,
        null,
        null,
        figures);
  }
}

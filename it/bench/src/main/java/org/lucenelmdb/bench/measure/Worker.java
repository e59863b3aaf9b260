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
import org.lucenelmdb.bench.contestant.Contestant;
import org.lucenelmdb.bench.contestant.Contestants;
import org.lucenelmdb.bench.contestant.LuceneContestant;
import org.lucenelmdb.bench.contestant.OpenIndex;
import org.lucenelmdb.bench.data.BadDataException;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * The program of a child JVM: carries out one {@link Job}, which it reads from its standard input,
 * and reports on its standard output, line by line.
 */
public final class Worker {

  /** The exit code if the user's data cannot be used. */
  public static final int BAD_DATA = 2;

  /** The exit code if memory ran out; the one of -XX:+ExitOnOutOfMemoryError. */
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
    }
  }

  private static List<Sample> run(Job job, Reporter reporter) throws IOException {
    if (job.task() == Job.Task.PREPARE) {
      job.prepare().prepare(job.data(), reporter::progress);
      return List.of();
    }
    Contestant contestant = Contestants.get(job.contestant());
    Dataset data =
        switch (job.task()) {
          case BUILD, HEAP, ABORT -> Dataset.openToBuild(job.data());
          default -> Dataset.open(job.data());
        };
    return switch (job.task()) {
      case BUILD -> List.of(build(job, contestant, data, reporter));
      case SEARCH -> {
        try (OpenIndex index = contestant.open(data, job.index())) {
          yield new SearchMeasure(job, data, index, reporter).measure();
        }
      }
      case FILTER -> {
        try (OpenIndex index = contestant.open(data, job.index())) {
          yield new FilterMeasure(job, data, index, contestant.strategies(), reporter).measure();
        }
      }
      case TARGET -> {
        try (OpenIndex index = contestant.open(data, job.index())) {
          yield new TargetMeasure(job, data, index, reporter).measure();
        }
      }
      case CHURN -> new ChurnMeasure(job, data, (LuceneContestant) contestant, reporter).measure();
      case PAGES -> new PagesMeasure(job, data, (LuceneContestant) contestant).measure();
      case COLD -> new ColdMeasure(job, data, contestant, reporter).measure();
      case HEAP -> List.of(heap(job, (LuceneContestant) contestant, data, reporter));
      case ABORT ->
          List.of(new AbortMeasure(job, data, (LuceneContestant) contestant, reporter).measure());
      case PREPARE -> throw new AssertionError();
    };
  }

  private static Sample heap(Job job, LuceneContestant contestant, Dataset data, Reporter reporter)
      throws IOException {
    try {
      return new HeapMeasure(job, data, contestant, reporter).measure();
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      if (HeapMeasure.isOutOfMemory(e)) {
        Runtime.getRuntime().halt(OUT_OF_MEMORY); // threads of the writer may still be running
      }
      throw e;
    }
  }

  private static Sample build(Job job, Contestant contestant, Dataset data, Reporter reporter)
      throws IOException {
    Map<String, Double> figures =
        new LinkedHashMap<>(contestant.build(data, job.index(), job.build(), reporter::progress));
    ProcessMemory.addPeaks(figures);
    return new Sample(
        Measure.BUILD,
        job.contestant(),
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

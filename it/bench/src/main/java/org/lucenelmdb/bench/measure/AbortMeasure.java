/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.engine.LuceneIndex;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * The time a writer takes to roll back while another thread merges all segments into one, and the
 * files that the rollback leaves in the directory. Each rollback returns to the same commit of
 * several segments, so that all of them interrupt the same merge, each at another time.
 */
record AbortMeasure(Job job, Dataset data, LuceneEngine engine, Reporter reporter) {

  /** When to roll back, in percent of the duration of an undisturbed merge. */
  private static final List<Integer> PERCENTS = List.of(10, 30, 50, 80);

  /** Several, so that the merge has to build a graph. */
  private static final int SEGMENTS = 8;

  /**
   * A shorter merge is measured again, because much of its time was spent in code that was not
   * compiled yet.
   */
  private static final double LONG_SECONDS = 20;

  private static final double NANOS = 1e9;

  Sample measure() throws IOException {
    int steps = 2 + PERCENTS.size();
    engine.createSegments(data, job.index(), job.build(), SEGMENTS, reporter.part(0, 1.0 / steps));
    Set<String> before = files();
    long nanos = undisturbed();
    if (nanos / NANOS < LONG_SECONDS) {
      nanos = Math.min(nanos, undisturbed());
    }
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(Figures.FORCE_MERGE, nanos / NANOS);
    Set<String> left = new TreeSet<>();
    int step = 2;
    for (int percent : PERCENTS) {
      reporter.progress((double) step++ / steps);
      double seconds = rollback(percent, nanos);
      if (Double.isNaN(seconds) == false) {
        figures.put(Figures.ROLLBACK_PREFIX + percent, seconds);
        figures.merge(Figures.LONGEST_ROLLBACK, seconds, Math::max);
      }
      left.addAll(files());
    }
    left.removeAll(before);
    figures.put(Figures.LEFT_FILES, (double) left.size());
    if (left.isEmpty() == false) {
      reporter.warning("files left by a rollback", String.join(", ", left));
    }
    return new Sample(
        Measure.ABORT,
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

  /** The duration of a merge that is discarded. */
  private long undisturbed() throws IOException {
    try (LuceneIndex index = engine.reopen(data, job.index(), job.build())) {
      long start = System.nanoTime();
      index.mergeWithoutCommit();
      long nanos = System.nanoTime() - start;
      index.rollback();
      return nanos;
    }
  }

  /** The duration of a rollback, or NaN if the merge had finished before. */
  private double rollback(int percent, long mergeNanos) throws IOException {
    try (LuceneIndex index = engine.reopen(data, job.index(), job.build())) {
      AtomicReference<Exception> failure = new AtomicReference<>();
      Thread merging =
          new Thread(
              () -> {
                try {
                  index.mergeWithoutCommit();
                } catch (IOException | RuntimeException e) {
                  failure.set(e); // expected once the rollback has begun
                }
              },
              "merging");
      merging.start();
      boolean ended = join(merging, mergeNanos * percent / 100);
      if (ended && failure.get() != null) {
        throw new IOException("the merge failed by itself", failure.get());
      }
      long start = System.nanoTime();
      index.rollback();
      double seconds = (System.nanoTime() - start) / NANOS;
      join(merging, Long.MAX_VALUE);
      if (ended) {
        reporter.warning(
            "rollback not measured", "the merge ended before " + percent + " % of its usual time");
        return Double.NaN;
      }
      return seconds;
    }
  }

  /** Whether the thread ended within this time. */
  private static boolean join(Thread thread, long nanos) throws IOException {
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
      return thread.isAlive() == false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a merge was running");
    }
  }

  /** All files in the file system; a Lucene directory may hide files that it is about to delete. */
  private Set<String> files() throws IOException {
    Path directory = job.index();
    try (Stream<Path> all = Files.walk(directory)) {
      return all.map(file -> directory.relativize(file).toString()).collect(Collectors.toSet());
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.engine.LuceneIndex;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * A build in a heap that may be too small. Nothing but the build is in it: no queries and truths,
 * and the index is not looked at afterwards.
 */
record HeapMeasure(Job job, Dataset data, LuceneEngine engine, Reporter reporter) {

  Sample measure() throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>();
    try (LuceneIndex index = engine.create(data, job.index(), job.build())) {
      figures.putAll(index.build(reporter::progress));
    }
    ProcessMemory.addPeaks(figures);
    return new Sample(
        Measure.HEAP,
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

  /**
   * Whether memory ran out. Only what the JVM itself throws ends it at once: Java code throws the
   * same error when its memory outside the heap is used up, and writers wrap what their merges
   * throw.
   */
  static boolean isOutOfMemory(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }
}

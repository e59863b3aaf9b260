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
 * A build in a heap that may be too small. The heap holds only the build: there are no queries and
 * truths, and the index is not inspected afterwards.
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
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.store.FSDirectory;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.engine.Engine;
import org.lucenelmdb.bench.engine.LuceneEngine;
import org.lucenelmdb.bench.engine.OpenIndex;
import org.lucenelmdb.bench.engine.Searcher;
import org.lucenelmdb.bench.result.Figures;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/**
 * The number of distinct pages of the index files that a query reads: its cost if no page is in
 * memory. The format's reads are counted, so the figure is the same on every machine.
 */
record PagesMeasure(Job job, Dataset data, LuceneEngine engine) {

  List<Sample> measure() throws IOException {
    List<Sample> samples = new ArrayList<>();
    Queries queries = Queries.all(data, Engine.DEFAULT_STRATEGY);
    PageCountingDirectory directory = new PageCountingDirectory(FSDirectory.open(job.index()));
    try (OpenIndex index = engine.open(directory);
        Searcher searcher = index.searcher()) {
      for (int ef : job.search().efs()) {
        Answers answers = new Answers();
        long pages = 0;
        for (int i = 0; i < queries.count(); i++) {
          directory.reset();
          answers.add(queries.ask(searcher, i, ef), queries.truth()[i]);
          pages += directory.pages();
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(Figures.RECALL, answers.recall());
        figures.put(Figures.PAGES, (double) pages / queries.count());
        samples.add(
            new Sample(
                Measure.PAGES,
                job.engine(),
                job.round(),
                data.count(),
                ef,
                1,
                null,
                null,
                null,
                figures));
      }
    }
    return samples;
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.lucene.index.DirectoryReader;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.IndexArgument;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.output.Output;
import org.lucenelmdb.tools.search.Parallel;
import org.lucenelmdb.tools.search.QueryVector;
import org.lucenelmdb.tools.search.SearchFilter;
import org.lucenelmdb.tools.search.SearchOptions;
import org.lucenelmdb.tools.search.SearchedField;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures recall and cost, and names causes. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Measures recall and cost of an index, and names what makes them bad.",
      "Exits with 1 if there is a cause of bad recall or cost."
    })
public final class DoctorCommand implements Callable<Integer> {

  @Mixin private IndexArgument index;
  @Mixin private SearchOptions options;
  @Mixin private Output output;

  @Option(names = "--threads", paramLabel = "N", description = "Threads. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--report", paramLabel = "FILE", description = "Writes a page with plots.")
  private Path report;

  @Override
  public Integer call() throws IOException {
    options.check();
    options.checkThreads(threads);
    Diagnosis diagnosis = examine();
    if (report != null) {
      DoctorReport.write(diagnosis, report);
    }
    output.print(diagnosis, tables -> new DoctorTables(tables).print(diagnosis));
    return diagnosis.healthy() ? ExitCodes.OK : ExitCodes.FINDINGS;
  }

  private Diagnosis examine() throws IOException {
    try (IndexFolder folder = index.open();
        DirectoryReader reader = folder.reader()) {
      List<FieldDiagnosis> fields = new ArrayList<>();
      for (String name : SearchedField.names(folder, reader, options.field())) {
        SearchedField searched = SearchedField.of(folder, reader, name);
        if (searched.live().length > 0) {
          fields.add(examine(searched));
        }
      }
      if (fields.isEmpty()) {
        throw new IndexException(
            index.path() + ": expected documents with a vector; found that all are deleted");
      }
      return new Diagnosis(
          folder.path().toString(), fields.stream().allMatch(FieldDiagnosis::healthy), fields);
    }
  }

  private FieldDiagnosis examine(SearchedField searched) throws IOException {
    Parallel parallel = new Parallel(threads);
    List<SearchFilter> filters = options.filters(searched);
    if (filters.isEmpty()) {
      for (SearchFilter random :
          List.of(
              SearchFilter.random("random 10 %", 0.1, options.seed(), searched),
              SearchFilter.random("random 1 %", 0.01, options.seed() + 1, searched))) {
        if (random.matching() > 0) { // a tiny index
          filters.add(random);
        }
      }
    }
    List<QueryVector> queries = options.queries(searched, parallel);
    return new Examination(searched, queries, options.querySource(), filters, options.k(), parallel)
        .run();
  }
}

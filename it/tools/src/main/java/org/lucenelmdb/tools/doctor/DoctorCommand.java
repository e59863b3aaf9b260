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
import org.lucenelmdb.tools.search.FilterSyntax;
import org.lucenelmdb.tools.search.Parallel;
import org.lucenelmdb.tools.search.QueryFile;
import org.lucenelmdb.tools.search.QuerySample;
import org.lucenelmdb.tools.search.QueryVector;
import org.lucenelmdb.tools.search.SearchFilter;
import org.lucenelmdb.tools.search.SearchedField;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures recall and cost, and names causes. */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Measures recall and cost of an index, and names what makes them bad.",
      "Exits with 1 if there is a cause of bad recall or cost."
    })
public final class DoctorCommand implements Callable<Integer> {

  private static final int MIN_QUERIES = 30;

  /** The components that are compared for exact answers: about two minutes of one core. */
  private static final double MAX_WORK = 4e11;

  @Spec private CommandSpec spec;
  @Mixin private IndexArgument index;
  @Mixin private Output output;

  @Option(names = "--field", paramLabel = "F", description = "The field. Default: all of them.")
  private String field;

  @Option(
      names = "--queries",
      paramLabel = "FILE",
      description = "Queries: .fvecs, .bvecs, .fbin, .i8bin, .u8bin or .f16bin. Default: a sample.")
  private Path queries;

  @Option(
      names = "--sample",
      paramLabel = "N",
      defaultValue = "200",
      description = "The number of queries. Default: ${DEFAULT-VALUE}; fewer in a huge index.")
  private int sample;

  @Option(
      names = "--filter",
      paramLabel = "FILTER",
      description = "field:term or 'field:[a TO b]'. Can be repeated. Default: two random ones.")
  private List<String> filters = new ArrayList<>();

  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "10",
      description = "The number of results. Default: ${DEFAULT-VALUE}.")
  private int k;

  @Option(names = "--threads", paramLabel = "N", description = "Threads. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the sample. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--report", paramLabel = "FILE", description = "Writes a page with plots.")
  private Path report;

  @Override
  public Integer call() throws IOException {
    check();
    Diagnosis diagnosis = examine();
    if (report != null) {
      DoctorReport.write(diagnosis, report);
    }
    output.print(diagnosis, tables -> new DoctorTables(tables).print(diagnosis));
    return diagnosis.healthy() ? ExitCodes.OK : ExitCodes.FINDINGS;
  }

  private void check() {
    checkRange("--k", k, 1, 1_000);
    checkRange("--sample", sample, 1, 100_000);
    checkRange("--threads", threads, 1, 1_024);
    for (String filter : filters) {
      if (FilterSyntax.isValid(filter) == false) {
        throw new ParameterException(
            spec.commandLine(),
            "--filter: expected field:term or field:[a TO b]; found " + filter);
      }
    }
  }

  private void checkRange(String option, int value, int min, int max) {
    if (value < min || value > max) {
      throw new ParameterException(
          spec.commandLine(), option + ": expected " + min + " to " + max + "; found " + value);
    }
  }

  private Diagnosis examine() throws IOException {
    try (IndexFolder folder = index.open();
        DirectoryReader reader = folder.reader()) {
      List<FieldDiagnosis> fields = new ArrayList<>();
      for (String name : SearchedField.names(folder, reader, field)) {
        fields.add(examine(SearchedField.of(folder, reader, name)));
      }
      return new Diagnosis(
          folder.path().toString(), fields.stream().allMatch(FieldDiagnosis::healthy), fields);
    }
  }

  private FieldDiagnosis examine(SearchedField searched) throws IOException {
    if (searched.live().length == 0) {
      throw new IndexException(
          index.path() + ": expected vectors in the field " + searched.name() + "; all are deleted");
    }
    Parallel parallel = new Parallel(threads);
    List<SearchFilter> parsed = new ArrayList<>();
    for (String filter : filters) {
      parsed.add(
          SearchFilter.of(
              filter, FilterSyntax.parse(filter, searched.searcher().getIndexReader()), searched));
    }
    if (filters.isEmpty()) {
      parsed.add(SearchFilter.random("random 10 %", 0.1, seed, searched));
      parsed.add(SearchFilter.random("random 1 %", 0.01, seed + 1, searched));
    }
    List<QueryVector> all =
        queries == null
            ? QuerySample.of(searched, count(searched), seed, parallel)
            : QueryFile.read(queries, searched, count(searched));
    String source =
        queries == null
            ? "sampled: " + QuerySample.DESCRIPTION
            : String.valueOf(queries.getFileName());
    return new Examination(searched, all, source, parsed, k, parallel).run();
  }

  private int count(SearchedField searched) {
    double work = (double) searched.vectors() * searched.dimension();
    return Math.min(sample, Math.max(MIN_QUERIES, (int) Math.min(sample, MAX_WORK / work)));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.IndexReader;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of commands that search. */
public final class SearchOptions {

  private static final int MIN_QUERIES = 30;

  /** The components that are compared for exact answers: about two minutes of one core. */
  private static final double MAX_WORK = 4e11;

  private static final int MAX_K = 1_000;
  private static final int MAX_SAMPLE = 100_000;
  private static final int MAX_THREADS = 1_024;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--field",
      paramLabel = "F",
      description = "The field. Can be left out if there is only one.")
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
      description = "field:term or 'field:[a TO b]'. Can be repeated.")
  private List<String> filters = new ArrayList<>();

  @Option(
      names = "--k",
      paramLabel = "N",
      defaultValue = "10",
      description = "The number of results. Default: ${DEFAULT-VALUE}.")
  private int k;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Of the sample. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /**
   * Checks the values.
   *
   * @throws ParameterException if one cannot be used
   */
  public void check() {
    checkRange("--k", k, MAX_K);
    checkRange("--sample", sample, MAX_SAMPLE);
    for (String filter : filters) {
      if (FilterSyntax.isValid(filter) == false) {
        throw invalid("--filter: expected field:term or field:[a TO b]; found " + filter);
      }
    }
  }

  /** Checks a number of threads. */
  public void checkThreads(int threads) {
    checkRange("--threads", threads, MAX_THREADS);
  }

  private void checkRange(String option, int value, int max) {
    if (value < 1 || value > max) {
      throw invalid(option + ": expected 1 to " + max + "; found " + value);
    }
  }

  /** Returns the exception for a wrong command line. */
  public ParameterException invalid(String message) {
    return new ParameterException(command.commandLine(), message);
  }

  /** The field; null if none was given. */
  public String field() {
    return field;
  }

  /** The number of results. */
  public int k() {
    return k;
  }

  /** The seed of all that is random. */
  public long seed() {
    return seed;
  }

  /** Returns the filters that were given. */
  public List<SearchFilter> filters(SearchedField searched) throws IOException {
    IndexReader reader = searched.searcher().getIndexReader();
    List<SearchFilter> parsed = new ArrayList<>();
    for (String filter : filters) {
      parsed.add(SearchFilter.of(filter, FilterSyntax.parse(filter, reader), searched));
    }
    return parsed;
  }

  /** Returns the queries of the file, or a sample. */
  public List<QueryVector> queries(SearchedField searched, Parallel parallel) throws IOException {
    double work = (double) searched.vectors() * searched.dimension();
    int affordable = (int) Math.max(MIN_QUERIES, Math.min(sample, MAX_WORK / work));
    int count = Math.min(sample, affordable);
    return queries == null
        ? QuerySample.of(searched, count, seed, parallel)
        : QueryFile.read(queries, searched, count);
  }

  /** Says where the queries are from. */
  public String querySource() {
    return queries == null
        ? "sampled: " + QuerySample.DESCRIPTION
        : String.valueOf(queries.getFileName());
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.bench;

import static org.lucenelmdb.tools.output.Output.row;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.search.Query;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.IndexArgument;
import org.lucenelmdb.tools.index.IndexException;
import org.lucenelmdb.tools.index.IndexFolder;
import org.lucenelmdb.tools.output.Output;
import org.lucenelmdb.tools.output.Tables;
import org.lucenelmdb.tools.search.Answer;
import org.lucenelmdb.tools.search.ExactAnswer;
import org.lucenelmdb.tools.search.ExactAnswers;
import org.lucenelmdb.tools.search.Parallel;
import org.lucenelmdb.tools.search.QueryVector;
import org.lucenelmdb.tools.search.SearchFilter;
import org.lucenelmdb.tools.search.SearchOptions;
import org.lucenelmdb.tools.search.SearchedField;
import org.lucenelmdb.tools.search.Searches;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures rate, latency and recall of searches. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "A short search benchmark on an index: rate, latency and recall.")
public final class BenchCommand implements Callable<Integer> {

  private static final double WARM_UP_SHARE = 0.2;
  private static final double MAX_SECONDS = 86_400;

  @Mixin private IndexArgument index;
  @Mixin private SearchOptions options;
  @Mixin private Output output;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads that search. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      defaultValue = "10",
      description =
          "The time to measure, after a warm-up of a fifth of it. Each query is searched at least"
              + " once. Default: ${DEFAULT-VALUE}.")
  private double seconds;

  @Option(
      names = "--target-recall",
      paramLabel = "R",
      description = "The target recall, from 0.5 to 0.999. Default: that of the field.")
  private Float target;

  @Override
  public Integer call() throws IOException {
    check();
    BenchResult result = measure();
    output.print(result, tables -> print(result, tables));
    return ExitCodes.OK;
  }

  private void check() {
    options.check();
    options.checkThreads(threads);
    if ((seconds > 0 && seconds <= MAX_SECONDS) == false) {
      throw options.invalid("--seconds: expected more than 0, at most a day; found " + seconds);
    }
    boolean isInRange =
        target == null
            || (target >= LmdbHnswOptions.MIN_TARGET_RECALL
                && target <= LmdbHnswOptions.MAX_TARGET_RECALL);
    if (isInRange == false) {
      throw options.invalid(
          "--target-recall: expected "
              + LmdbHnswOptions.MIN_TARGET_RECALL
              + " to "
              + LmdbHnswOptions.MAX_TARGET_RECALL
              + "; found "
              + target);
    }
  }

  private BenchResult measure() throws IOException {
    try (IndexFolder folder = index.open();
        DirectoryReader reader = folder.reader()) {
      Set<String> names = SearchedField.names(folder, reader, options.field());
      if (names.size() > 1) {
        throw options.invalid("--field: expected one of " + names + "; found none");
      }
      SearchedField field = SearchedField.of(folder, reader, names.iterator().next());
      if (field.live().length == 0) {
        throw new IndexException(
            index.path() + ": expected vectors in the field " + field.name() + "; all are deleted");
      }
      List<SearchFilter> filters = options.filters(field);
      if (filters.size() > 1) {
        throw options.invalid("--filter: expected at most one; found " + filters.size());
      }
      return measure(field, filters.isEmpty() ? SearchFilter.NONE : filters.getFirst());
    }
  }

  private BenchResult measure(SearchedField field, SearchFilter filter) throws IOException {
    Parallel parallel = new Parallel(Runtime.getRuntime().availableProcessors());
    List<QueryVector> queries = options.queries(field, parallel);
    int k = options.k();
    LmdbHnswSearchStrategy strategy =
        target == null
            ? LmdbHnswSearchStrategy.DEFAULT
            : LmdbHnswSearchStrategy.DEFAULT.withTargetRecall(target);
    List<ExactAnswer> exact =
        ExactAnswers.of(field, queries, List.of(filter), k, parallel).getFirst();
    List<Answer> answers =
        Searches.searchAll("recall", field, queries, filter, k, strategy, parallel);
    double[] recalls =
        IntStream.range(0, queries.size())
            .mapToDouble(i -> answers.get(i).recall(exact.get(i), k))
            .filter(recall -> Double.isNaN(recall) == false)
            .toArray();
    List<Query> timed = new ArrayList<>();
    for (QueryVector query : queries) {
      timed.add(query.toQuery(field.name(), k, filter.query(), strategy));
    }
    Load load = new Load(field, timed, k, threads);
    load.run("warm-up", WARM_UP_SHARE * seconds);
    Load.Measured measured = load.run("searches", seconds);
    double mean = Arrays.stream(recalls).average().orElse(Double.NaN);
    return new BenchResult(
        index.path().toString(),
        field.name(),
        k,
        threads,
        target == null ? 0 : target,
        filter.isFilter() ? filter.name() : null,
        filter.isFilter() ? filter.matching() : field.live().length,
        queries.size(),
        options.querySource(),
        measured.seconds(),
        measured.sorted().length,
        measured.sorted().length / measured.seconds(),
        Latencies.percentile(measured.sorted(), 0.5),
        Latencies.percentile(measured.sorted(), 0.9),
        Latencies.percentile(measured.sorted(), 0.99),
        Latencies.percentile(measured.sorted(), 1),
        mean,
        error(recalls, mean),
        answers.stream().mapToLong(a -> a.cost().expandedNodes()).average().orElse(0),
        answers.stream().mapToLong(a -> a.cost().visits()).average().orElse(0),
        answers.stream().mapToLong(a -> a.cost().reranked()).average().orElse(0));
  }

  private static double error(double[] recalls, double mean) {
    double squares = Arrays.stream(recalls).map(r -> (r - mean) * (r - mean)).sum();
    int n = recalls.length;
    return n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n);
  }

  private static void print(BenchResult r, Tables tables) {
    tables.line(
        text(
            "Field %s, k %d, %d threads, target recall %s, %s",
            r.field(),
            r.k(),
            r.threads(),
            r.target() == 0 ? "of the field" : text("%.3f", r.target()),
            r.filter() == null
                ? "no filter"
                : text("filter %s (%,d vectors match)", r.filter(), r.matching())));
    tables.line(text("%d queries, %s", r.queries(), r.querySource()));
    tables.table(
        null,
        List.of("figure", "value"),
        List.of(
            row("searches per second", text("%,.0f", r.rate())),
            row("p50", text("%.3f ms", r.p50())),
            row("p90", text("%.3f ms", r.p90())),
            row("p99", text("%.3f ms", r.p99())),
            row("longest", text("%.3f ms", r.max())),
            row("recall@" + r.k(), text("%.4f", r.recall())),
            row("nodes expanded", text("%,.1f", r.expandedNodes())),
            row("codes or vectors scored", text("%,.0f", r.visits())),
            row("reranked", text("%,.1f", r.reranked())),
            row("searches", text("%,d", r.searches())),
            row("measured", text("%.1f s", r.seconds()))));
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}

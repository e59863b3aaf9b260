/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The key figures of one engine at one number of vectors, with names for readers, which are
 * compared between runs or sizes.
 */
public final class KeyFigures {

  /**
   * A comparable figure.
   *
   * @param name for readers, with the unit
   * @param better whether higher or lower is better
   */
  public record Key(String name, Better better) {}

  /** The name under which {@link #of} has the smallest heap. */
  public static final String MIN_HEAP = "smallest heap, MB";

  /** The name under which {@link #of} has the pages of a query at {@link Recalls#MAIN}. */
  public static final String PAGES_AT_MAIN = "pages per query" + at();

  /** The names of the figures of a build, for readers. */
  private static final Map<String, String> PLAIN = new LinkedHashMap<>();

  static {
    PLAIN.put(Figures.BUILD, "build, s");
    PLAIN.put(Figures.ADD, "add, s");
    PLAIN.put(Figures.FORCE_MERGE, "force merge, s");
    PLAIN.put(Figures.BUILD_CPU, "build, CPU s");
    PLAIN.put(Figures.PEAK_HEAP, "peak heap, MB");
    PLAIN.put(Figures.PEAK_RESIDENT, "peak resident, MB");
    PLAIN.put(Figures.BYTES, "bytes");
    PLAIN.put(Figures.BYTES_PER_VECTOR, "bytes per vector");
    PLAIN.put(Figures.GRAPH_PER_VECTOR, "graph, bytes per vector");
  }

  private final Samples samples;
  private final Map<Key, ByRound> figures = new LinkedHashMap<>();

  private KeyFigures(Samples samples) {
    this.samples = samples;
  }

  /** Returns all key figures of the samples, in reading order. */
  public static Map<Key, ByRound> of(Samples samples, String engine, int vectors) {
    KeyFigures all = new KeyFigures(samples.engine(engine).vectors(vectors));
    all.searches();
    all.builds();
    all.targets();
    all.filters();
    all.churn();
    all.pages();
    all.cold();
    all.abort();
    all.figures.values().removeIf(ByRound::isEmpty);
    return all.figures;
  }

  /** The name under which {@link #of} has the rate at a recall with a number of threads. */
  public static String rateAt(double recall, int threads) {
    return String.format(
        Locale.ROOT,
        "queries/s at %.2f%s",
        recall,
        threads == 1 ? "" : ", " + threads + " threads");
  }

  /** The name under which {@link #of} has a figure of builds with one number of threads. */
  public static String name(String figure) {
    return PLAIN.get(figure);
  }

  private void add(String name, Better better, ByRound values) {
    figures.put(new Key(name, better), values);
  }

  private void searches() {
    Samples searches = samples.measure(Measure.SEARCH);
    for (int threads : searches.threadCounts()) {
      for (double recall : Recalls.ALL) {
        add(
            rateAt(recall, threads),
            Better.HIGHER,
            searches.threads(threads).atRecall(recall, Figures.RATE));
      }
    }
    Samples single = searches.threads(1);
    add("CPU rate" + at(), Better.HIGHER, single.atRecall(Recalls.MAIN, Figures.CPU_RATE));
    add("p50" + at() + ", us", Better.LOWER, single.atRecall(Recalls.MAIN, Figures.P50));
    add("p99" + at() + ", us", Better.LOWER, single.atRecall(Recalls.MAIN, Figures.P99));
  }

  private static String at() {
    return String.format(Locale.ROOT, " at %.2f", Recalls.MAIN);
  }

  private void builds() {
    Samples builds = samples.measure(Measure.BUILD);
    for (int threads : builds.threadCounts()) {
      String suffix = builds.threadCounts().size() == 1 ? "" : ", " + threads + " threads";
      PLAIN.forEach(
          (figure, name) ->
              add(name + suffix, Better.LOWER, builds.threads(threads).figure(figure)));
    }
    add("smallest heap, MB", Better.LOWER, samples.measure(Measure.HEAP).figure(Figures.MIN_HEAP));
  }

  /** Without a filter. */
  private void targets() {
    samples
        .measure(Measure.TARGET)
        .filter(null)
        .by(Sample::strategy)
        .forEach(
            (target, selected) -> {
              add("recall, " + target, Better.HIGHER, selected.figure(Figures.RECALL));
              add("queries/s, " + target, Better.HIGHER, selected.figure(Figures.RATE));
            });
  }

  private void filters() {
    samples
        .measure(Measure.FILTER)
        .by(Sample::filter)
        .forEach(
            (filter, selected) ->
                add(
                    "filter " + filter + at(),
                    Better.HIGHER,
                    BestStrategy.of(selected, Recalls.MAIN).rates()));
  }

  /** Recall at the last generation, where damage by churn has added up. */
  private void churn() {
    Samples churn = samples.measure(Measure.CHURN);
    if (churn.generations().isEmpty()) {
      return;
    }
    Samples last = churn.generation(churn.generations().last());
    OptionalInt ef = last.efs().stream().mapToInt(Integer::intValue).max();
    Samples widest = ef.isEmpty() ? last : last.ef(ef.getAsInt());
    String where =
        " after generation "
            + churn.generations().last()
            + (ef.isEmpty() ? "" : ", ef " + ef.getAsInt());
    add("recall" + where, Better.HIGHER, widest.figure(Figures.RECALL));
    add("queries/s" + where, Better.HIGHER, widest.figure(Figures.RATE));
  }

  private void pages() {
    add(
        PAGES_AT_MAIN,
        Better.LOWER,
        samples.measure(Measure.PAGES).atRecall(Recalls.MAIN, Figures.PAGES));
  }

  /** Without the number of files left: it is 0 if all is well, and has no ratio then. */
  private void abort() {
    Samples aborts = samples.measure(Measure.ABORT);
    add("longest rollback, s", Better.LOWER, aborts.figure(Figures.LONGEST_ROLLBACK));
  }

  /** Each engine is measured at one ef, the smallest that reaches the recall. */
  private void cold() {
    Samples cold = samples.measure(Measure.COLD);
    add("cold open, s", Better.LOWER, cold.figure(Figures.OPEN));
    add("cold queries/s", Better.HIGHER, cold.figure(Figures.RATE));
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Generates results by simple formulas, with every measure, several engines and rounds. */
public final class SyntheticResult {

  public static final List<Integer> EFS = List.of(10, 20, 40, 80, 160, 320);

  private static final List<String> STRATEGIES = List.of("acorn", "default");

  private final List<EngineInfo> engines = new ArrayList<>();
  private final List<FilterInfo> filters = new ArrayList<>();
  private final List<DataWarning> warnings = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final List<Integer> sizes;
  private final int rounds;
  private double factor = 1;
  private Integer memoryLimit;
  private Integer heap;
  private Boolean limitedBuilds;
  private String data = "generated: clustered";
  private String command = "run --preset quick --data 'generated'";

  public SyntheticResult(int rounds, Integer... sizes) {
    this.rounds = rounds;
    this.sizes = List.of(sizes);
  }

  /** With every measure and the usual engines. */
  public static Result full() {
    return new SyntheticResult(3, 10_000, 30_000, 100_000).families().everything().build();
  }

  /** One round, one size, one measure. */
  public static Result small() {
    return new SyntheticResult(1, 1_000).families().searches(1).build();
  }

  /** Multiplies all following rates, and divides all following times and sizes. */
  public SyntheticResult better(double factor) {
    this.factor = factor;
    return this;
  }

  public SyntheticResult data(String data) {
    this.data = data;
    return this;
  }

  public SyntheticResult command(String command) {
    this.command = command;
    return this;
  }

  /** Limits in MB, or null, and whether builds have them, too. */
  public SyntheticResult limits(Integer memory, Integer heap, Boolean builds) {
    this.limitedBuilds = builds;
    this.memoryLimit = memory;
    this.heap = heap;
    return this;
  }

  public SyntheticResult engine(String name, String label, String family) {
    engines.add(new EngineInfo(name, label, family, "1.0", name));
    return this;
  }

  public SyntheticResult filter(String name, String relation, double selectivity) {
    filters.add(
        new FilterInfo(
            name,
            "random",
            "10",
            relation,
            selectivity,
            (int) (selectivity * sizes.getLast()),
            100));
    return this;
  }

  public SyntheticResult warning(String what, String subject, String text) {
    warnings.add(new DataWarning(what, subject, text));
    return this;
  }

  public SyntheticResult families() {
    return engine("lmdb", "lucene-lmdb", "lucene-lmdb")
        .engine("lmdb-1bit", "lucene-lmdb, 1 bit", "lucene-lmdb")
        .engine("lucene99", "Lucene99", "lucene")
        .engine("lucene104-4+rescore", "Lucene104, 4 bits, reranked", "lucene")
        .engine("jvector", "jvector", "jvector")
        .engine("hnswlib", "hnswlib", "hnswlib");
  }

  public SyntheticResult everything() {
    for (String relation : List.of("random", "near", "far")) {
      for (double selectivity : List.of(0.01, 0.1, 0.5)) {
        filter(relation + " " + 100 * selectivity + "%", relation, selectivity);
      }
    }
    warning("duplicates", data, "2.5% of the vectors occur more than once");
    return searches(1)
        .searches(4)
        .targets()
        .filtered()
        .planned()
        .builds()
        .heaps()
        .churn()
        .pages()
        .cold()
        .aborts();
  }

  private interface Making {
    void make(int engine, int round, int size);
  }

  private void forEach(Making making) {
    for (int size : sizes) {
      for (int round = 0; round < rounds; round++) {
        for (int engine = 0; engine < engines.size(); engine++) {
          making.make(engine, round, size);
        }
      }
    }
  }

  /** Every engine is slower than the one before; rounds differ by a few percent. */
  private double speed(int engine, int round, int size) {
    return factor * (1 + 0.03 * ((round + engine) % 3)) / (1 + 0.2 * engine) * Math.pow(size, -0.2);
  }

  private static double recall(int engine, int ef, int size) {
    return 1 - (1 + 0.1 * engine) * Math.log10(size) / 5 / Math.pow(ef, 0.85);
  }

  private void add(
      Measure measure,
      int engine,
      int round,
      int size,
      Integer ef,
      Integer threads,
      String filter,
      String strategy,
      Integer generation,
      Map<String, Double> values) {
    samples.add(
        new Sample(
            measure,
            engines.get(engine).name(),
            round,
            size,
            ef,
            threads,
            filter,
            strategy,
            generation,
            values));
  }

  private static Map<String, Double> values(double recall, double rate) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put(Figures.RECALL, recall);
    values.put(Figures.RATE, rate);
    return values;
  }

  public SyntheticResult searches(int threads) {
    forEach(
        (c, round, size) -> {
          for (int ef : EFS) {
            double rate = 2e6 * speed(c, round, size) / (ef + 10);
            Map<String, Double> values = values(recall(c, ef, size), rate * Math.sqrt(threads));
            values.put(Figures.CPU_RATE, 0.9 * rate);
            values.put(Figures.P50, 0.9e6 / rate);
            values.put(Figures.P95, 1.5e6 / rate);
            values.put(Figures.P99, 3e6 / rate);
            values.put(Figures.SHORT, 0.0);
            add(Measure.SEARCH, c, round, size, ef, threads, null, null, null, values);
          }
        });
    return this;
  }

  /**
   * The engines of lucene-lmdb fall slightly short of their targets, without a filter and with
   * each.
   */
  public SyntheticResult targets() {
    forEach(
        (c, round, size) -> {
          if (EngineInfo.OURS.equals(engines.get(c).family())) {
            for (double target : Recalls.ALL) {
              target(c, round, size, null, target);
              for (FilterInfo filter : filters) {
                target(c, round, size, filter.name(), target);
              }
            }
          }
        });
    return this;
  }

  private void target(int engine, int round, int size, String filter, double target) {
    double work = 10 / (1 - target);
    Map<String, Double> values =
        values(target - 0.002 * engine, 1e6 * speed(engine, round, size) / work);
    values.put(Figures.EXPECTED_RECALL, target + 0.001);
    values.put(Figures.BAD, 1 - target);
    values.put(Figures.EXPANDED_NODES, work);
    values.put(Figures.VISITS, 20 * work);
    values.put(Figures.RERANKED, 0.6 * work);
    add(
        Measure.TARGET,
        engine,
        round,
        size,
        10,
        1,
        filter,
        TargetStrategy.of(target),
        null,
        values);
  }

  /** The engines of lucene-lmdb have several strategies, the others one. */
  public SyntheticResult filtered() {
    forEach(
        (c, round, size) -> {
          for (FilterInfo filter : filters) {
            for (int s = 0; s < (c < 2 ? STRATEGIES.size() : 1); s++) {
              for (int ef : EFS) {
                double rate =
                    1e6
                        * speed(c, round, size)
                        * Math.pow(filter.selectivity(), s == 0 ? 0.3 : 0.6)
                        * (1 + s)
                        / (ef + 10);
                String strategy = c < 2 ? STRATEGIES.get(s) : null;
                add(
                    Measure.FILTER,
                    c,
                    round,
                    size,
                    ef,
                    1,
                    filter.name(),
                    strategy,
                    null,
                    values(recall(c, ef, size), rate));
              }
            }
          }
        });
    return this;
  }

  /** Forced strategies and the plan, at the smallest ef. */
  public SyntheticResult planned() {
    forEach(
        (c, round, size) -> {
          for (FilterInfo filter : filters) {
            if (EngineInfo.OURS.equals(engines.get(c).family())) {
              double rate = 1e5 * speed(c, round, size);
              planned(c, round, size, filter, "default", rate);
              planned(c, round, size, filter, BestStrategy.forced("EXHAUSTIVE"), 1.1 * rate);
              planned(c, round, size, filter, BestStrategy.forced("FILTERED"), rate / 3);
            }
          }
        });
    return this;
  }

  private void planned(
      int engine, int round, int size, FilterInfo filter, String strategy, double rate) {
    double visits = filter.selectivity() * size;
    Map<String, Double> figures = new LinkedHashMap<>();
    figures.put(Figures.UNFILTERED_RECALL, recall(engine, EFS.getFirst(), size));
    figures.put(Figures.VISITS, visits);
    figures.put(Figures.ESTIMATED_VISITS, 1.2 * visits);
    figures.put(Figures.SWITCHES, 0.25);
    figures.put(Figures.PLAN_PREFIX + "EXHAUSTIVE", 0.75);
    figures.put(Figures.PLAN_PREFIX + "FILTERED>EXHAUSTIVE", 0.25);
    figures.putAll(values(0.99, rate));
    int ef = EFS.getFirst();
    add(Measure.FILTER, engine, round, size, ef, 1, filter.name(), strategy, null, figures);
  }

  public SyntheticResult builds() {
    forEach(
        (c, round, size) -> {
          double seconds = size / speed(c, round, size) / 1e4;
          double graph = 60 + 10 * c;
          double codes = c % 2 == 0 ? 0 : 192;
          Map<String, Double> values = new LinkedHashMap<>();
          values.put(Figures.ADD, 0.6 * seconds);
          values.put(Figures.FLUSH, 0.1 * seconds);
          values.put(Figures.MERGE, 0.4 * seconds);
          values.put(Figures.FORCE_MERGE, 0.4 * seconds);
          values.put(Figures.BUILD, seconds);
          values.put(Figures.BUILD_CPU, 1.5 * seconds);
          values.put(Figures.PEAK_HEAP, 100 + size / 100.0 * (c + 1));
          values.put(Figures.PEAK_RESIDENT, 300 + size / 50.0 * (c + 1));
          values.put(Figures.RAW_PER_VECTOR, 1536.0);
          values.put(Figures.CODES_PER_VECTOR, codes);
          values.put(Figures.GRAPH_PER_VECTOR, graph);
          values.put(Figures.BYTES_PER_VECTOR, 1536 + codes + graph + 4);
          values.put(Figures.BYTES, size * (1536 + codes + graph + 4));
          for (int ef : List.of(40, 160)) {
            values.put(Figures.BUILT_RECALL_PREFIX + ef, recall(c, ef, size));
          }
          values.put(Figures.FILE_PREFIX + (c < 2 ? "vec" : "vex"), size * graph);
          add(Measure.BUILD, c, round, size, null, 1, null, null, null, values);
        });
    return this;
  }

  public SyntheticResult heaps() {
    forEach(
        (c, round, size) -> {
          double heap = 16 + size / 1000.0 * (c + 1);
          add(
              Measure.HEAP,
              c,
              round,
              size,
              null,
              null,
              null,
              null,
              null,
              Map.of(Figures.MIN_HEAP, heap, Figures.FAILED_HEAP, heap - 4));
        });
    return this;
  }

  public SyntheticResult churn() {
    forEach(
        (c, round, size) -> {
          for (int generation = 0; generation < 4; generation++) {
            for (int ef : List.of(40, 160)) {
              add(
                  Measure.CHURN,
                  c,
                  round,
                  size,
                  ef,
                  1,
                  null,
                  null,
                  generation,
                  with(
                      values(
                          recall(c, ef, size) - 0.002 * c * generation,
                          1e6 * speed(c, round, size) / (ef + 10)),
                      generation < 3
                          ? Map.of(Figures.UNREACHABLE, (double) c * generation)
                          : Map.of(Figures.FRESH_RECALL, recall(c, ef, size))));
            }
          }
        });
    return this;
  }

  public SyntheticResult pages() {
    forEach(
        (c, round, size) -> {
          for (int ef : EFS) {
            add(
                Measure.PAGES,
                c,
                round,
                size,
                ef,
                null,
                null,
                null,
                null,
                Map.of(
                    Figures.RECALL, recall(c, ef, size), Figures.PAGES, 3.0 * (c + 2) * (ef + 5)));
          }
        });
    return this;
  }

  public SyntheticResult cold() {
    forEach(
        (c, round, size) ->
            add(
                Measure.COLD,
                c,
                round,
                size,
                40,
                1,
                null,
                null,
                null,
                with(
                    values(recall(c, 40, size), 1e3 * speed(c, round, size)),
                    Map.of(Figures.OPEN, 0.1 * (c + 1)))));
    return this;
  }

  public SyntheticResult aborts() {
    forEach(
        (c, round, size) -> {
          Map<String, Double> values = new LinkedHashMap<>();
          values.put(Figures.FORCE_MERGE, size / 1e3);
          for (int percent : List.of(10, 80)) {
            values.put(Figures.ROLLBACK_PREFIX + percent, size / 1e5 * (c + 1) * (100 - percent));
          }
          values.put(Figures.LONGEST_ROLLBACK, size / 1e5 * (c + 1) * 90);
          values.put(Figures.LEFT_FILES, 0.0);
          add(Measure.ABORT, c, round, size, null, 1, null, null, null, values);
        });
    return this;
  }

  private static Map<String, Double> with(Map<String, Double> values, Map<String, Double> more) {
    Map<String, Double> all = new LinkedHashMap<>(values);
    all.putAll(more);
    return all;
  }

  public SyntheticResult sample(Sample sample) {
    samples.add(sample);
    return this;
  }

  public Result build() {
    return new Result(
        Result.SCHEMA,
        "2026-01-02T03:04:05Z",
        "0123abc",
        4321.5,
        new Machine("Some CPU", 4, 16_000, "Linux 6", "OpenJDK 25", true),
        new Setup(
            "quick",
            command,
            data,
            "00ff",
            384,
            "cosine",
            sizes,
            1000,
            10,
            16,
            100,
            1,
            rounds,
            42,
            memoryLimit,
            heap,
            limitedBuilds),
        List.copyOf(engines),
        List.copyOf(filters),
        List.copyOf(warnings),
        List.copyOf(samples));
  }
}

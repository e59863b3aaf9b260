/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The comparison of two runs, such as before and after a change: every figure of every engine that
 * both runs have, at the largest number of vectors that both have.
 *
 * @param rows the figures, engine by engine
 * @param differences sentences about other differences between the runs, which limit the meaning of
 *     ratios
 */
public record Comparison(List<Row> rows, List<String> differences) {

  /**
   * One figure.
   *
   * @param engine its name
   * @param vectors the number of indexed vectors
   * @param figure its name, with the unit
   * @param better whether higher or lower is better
   * @param before of the first run
   * @param after of the second run
   * @param ratio after divided by before. The rounds of two runs are independent, so the range is
   *     from the lowest after divided by the highest before, to the highest after divided by the
   *     lowest before.
   */
  public record Row(
      String engine,
      int vectors,
      String figure,
      Better better,
      Spread before,
      Spread after,
      Spread ratio) {

    /** Whether all rounds of the second run are better than all rounds of the first. */
    public boolean improved() {
      return severalRounds() && (better == Better.HIGHER ? ratio.min() > 1 : ratio.max() < 1);
    }

    /** Whether all rounds of the second run are worse than all rounds of the first. */
    public boolean worsened() {
      return severalRounds() && (better == Better.HIGHER ? ratio.max() < 1 : ratio.min() > 1);
    }

    /** With one round each, every difference would look significant. */
    private boolean severalRounds() {
      return before.count() > 1 && after.count() > 1;
    }
  }

  public static Comparison of(Result before, Result after) {
    List<String> differences = new ArrayList<>();
    differ(differences, before, after);
    List<Row> rows = new ArrayList<>();
    Set<String> common = names(before);
    common.retainAll(names(after));
    for (String engine : common) {
      Samples first = Samples.of(before.samples()).engine(engine);
      Samples second = Samples.of(after.samples()).engine(engine);
      TreeSet<Integer> sizes = new TreeSet<>(first.sizes());
      sizes.retainAll(second.sizes());
      if (!sizes.isEmpty()) {
        addRows(rows, engine, sizes.last(), first, second);
      }
    }
    return new Comparison(List.copyOf(rows), List.copyOf(differences));
  }

  private static void addRows(
      List<Row> rows, String engine, int vectors, Samples before, Samples after) {
    Map<KeyFigures.Key, ByRound> others = KeyFigures.of(after, engine, vectors);
    KeyFigures.of(before, engine, vectors)
        .forEach(
            (key, values) -> {
              if (others.containsKey(key)) {
                Spread first = values.spread();
                Spread second = others.get(key).spread();
                rows.add(
                    new Row(
                        engine,
                        vectors,
                        key.name(),
                        key.better(),
                        first,
                        second,
                        second.over(first)));
              }
            });
  }

  private static Set<String> names(Result result) {
    Set<String> names = new LinkedHashSet<>();
    result.engines().forEach(c -> names.add(c.name()));
    return names;
  }

  private static void differ(List<String> differences, Result before, Result after) {
    Machine machine = before.machine();
    Machine otherMachine = after.machine();
    Setup setup = before.setup();
    Setup other = after.setup();
    differ(differences, "the processor", machine.cpu(), otherMachine.cpu());
    differ(differences, "the number of cores", machine.cores(), otherMachine.cores());
    differ(differences, "the JVM", machine.java(), otherMachine.java());
    differ(differences, "SIMD", machine.simd(), otherMachine.simd());
    differ(differences, "the data", setup.data(), other.data());
    differ(differences, "the hash of the data", setup.dataHash(), other.dataHash());
    differ(differences, "the metric", setup.metric(), other.metric());
    differ(differences, "the sizes", setup.sizes(), other.sizes());
    differ(differences, "the number of queries", setup.queries(), other.queries());
    differ(differences, "k", setup.k(), other.k());
    differ(differences, "M", setup.maxConn(), other.maxConn());
    differ(differences, "the build threads", setup.buildThreads(), other.buildThreads());
    differ(differences, "the seed", setup.seed(), other.seed());
    differ(
        differences,
        "the memory limit",
        megabytes(setup.memoryLimitMegabytes()),
        megabytes(other.memoryLimitMegabytes()));
    differ(
        differences,
        "the heap",
        megabytes(setup.heapMegabytes()),
        megabytes(other.heapMegabytes()));
    differ(
        differences,
        "a limit of builds",
        setup.limitedBuilds() != null && setup.limitedBuilds(),
        other.limitedBuilds() != null && other.limitedBuilds());
    differ(differences, "the beam width", setup.beamWidth(), other.beamWidth());
    Set<String> names = names(before);
    Set<String> otherNames = names(after);
    for (String name : names) {
      if (!otherNames.contains(name)) {
        differences.add(name + " is only in the first run");
      }
    }
    for (String name : otherNames) {
      if (!names.contains(name)) {
        differences.add(name + " is only in the second run");
      }
    }
    differVersions(differences, before, after);
  }

  private static String megabytes(Integer limit) {
    return limit == null ? "not given" : limit + " MB";
  }

  private static void differVersions(List<String> differences, Result before, Result after) {
    for (EngineInfo one : before.engines()) {
      for (EngineInfo other : after.engines()) {
        if (one.name().equals(other.name())) {
          differ(differences, "the version of " + one.name(), one.version(), other.version());
        }
      }
    }
  }

  private static void differ(List<String> differences, String what, Object before, Object after) {
    if (!Objects.equals(before, after)) {
      differences.add(what + " was " + before + " and is " + after);
    }
  }
}

/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.lucenelmdb.bench.result.ByRound;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.Samples;

/** A result, as the report sections query it. */
final class Findings {

  /** The engine that the ratios of all others refer to. */
  static final String BASELINE = "lucene99";

  private final Result result;
  private final Function<EngineInfo, String> naming;
  private final Samples samples;

  private Findings(Result result, Function<EngineInfo, String> naming) {
    this.result = result;
    this.naming = naming;
    this.samples = Samples.of(result.samples());
  }

  /** With the short names of engines. */
  static Findings withNames(Result result) {
    return new Findings(result, EngineInfo::name);
  }

  /** With the labels of engines, or their names if labels are missing or ambiguous. */
  static Findings withLabels(Result result) {
    return new Findings(
        result,
        engine -> {
          String label = engine.label();
          boolean unique =
              label != null
                  && !label.isBlank()
                  && result.engines().stream().filter(c -> label.equals(c.label())).count() == 1;
          return unique ? label : engine.name();
        });
  }

  Result result() {
    return result;
  }

  /** The samples of all sizes. */
  Samples samples() {
    return samples;
  }

  /** The samples of a measure at its largest number of vectors. */
  Samples largest(Measure measure) {
    Samples all = samples.measure(measure);
    return all.isEmpty() ? all : all.vectors(all.sizes().last());
  }

  /** The builds of {@link #largest} by the fewest threads: their graphs are searched. */
  Samples builds() {
    Samples builds = largest(Measure.BUILD);
    return builds.isEmpty() ? builds : builds.threads(builds.threadCounts().first());
  }

  /** For titles: the number of vectors of the samples. */
  static String vectors(Samples samples) {
    return Format.count(samples.sizes().last()) + " vectors";
  }

  /** The engines of the samples, in the order of the result. */
  List<EngineInfo> engines(Samples selected) {
    return result.engines().stream().filter(c -> !selected.engine(c.name()).isEmpty()).toList();
  }

  String name(EngineInfo engine) {
    return naming.apply(engine);
  }

  Style style(EngineInfo engine) {
    List<String> families = new ArrayList<>(List.of(EngineInfo.OURS));
    result.engines().stream()
        .map(Findings::family)
        .filter(f -> !families.contains(f))
        .distinct()
        .forEach(families::add);
    List<EngineInfo> siblings =
        result.engines().stream().filter(c -> family(c).equals(family(engine))).toList();
    return new Style(
        result.engines().indexOf(engine),
        families.indexOf(family(engine)),
        siblings.indexOf(engine),
        siblings.size());
  }

  /** An engine without a family is a family of its own. */
  private static String family(EngineInfo engine) {
    return Objects.requireNonNullElse(engine.family(), engine.name());
  }

  Optional<EngineInfo> ours() {
    return result.engines().stream().filter(c -> EngineInfo.OURS.equals(c.family())).findFirst();
  }

  private Optional<EngineInfo> baseline() {
    return result.engines().stream().filter(c -> BASELINE.equals(c.name())).findFirst();
  }

  /** The header of {@link #toBaseline}. */
  String baselineHeader() {
    return baseline().map(c -> "/ " + name(c)).orElse("/ " + BASELINE);
  }

  /** The header of {@link #oursToIt}. */
  String oursHeader() {
    return ours().map(c -> name(c) + " / it").orElse(EngineInfo.OURS + " / it");
  }

  /** The title part of a table of {@link #toBaseline}. */
  String baselineTitle() {
    return "ratio to " + baseline().map(this::name).orElse(BASELINE);
  }

  /** The title part of a table of {@link #oursToIt}. */
  String oursTitle() {
    return "ratio of " + ours().map(this::name).orElse(EngineInfo.OURS) + " to each";
  }

  /** Divides an engine's figure by the baseline's; empty for the baseline itself. */
  ByRound toBaseline(EngineInfo engine, Function<EngineInfo, ByRound> figure) {
    return baseline()
        .filter(c -> !Objects.equals(c, engine))
        .map(c -> figure.apply(engine).over(figure.apply(c)))
        .orElse(ByRound.NONE);
  }

  /** Divides the figure of lucene-lmdb by an engine's; empty for lucene-lmdb itself. */
  ByRound oursToIt(EngineInfo engine, Function<EngineInfo, ByRound> figure) {
    return ours()
        .filter(c -> !Objects.equals(c, engine))
        .map(c -> figure.apply(c).over(figure.apply(engine)))
        .orElse(ByRound.NONE);
  }
}

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
import org.lucenelmdb.bench.result.ContestantInfo;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.Samples;

/** A result, as the sections ask it. */
final class Findings {

  /** The name of the contestant that the others' ratios are to. */
  static final String BASELINE = "lucene99";

  private final Result result;
  private final Function<ContestantInfo, String> naming;
  private final Samples samples;

  private Findings(Result result, Function<ContestantInfo, String> naming) {
    this.result = result;
    this.naming = naming;
    this.samples = Samples.of(result.samples());
  }

  /** With the contestants' short names. */
  static Findings withNames(Result result) {
    return new Findings(result, ContestantInfo::name);
  }

  /** With the contestants' labels, or their names where labels are missing or not unique. */
  static Findings withLabels(Result result) {
    return new Findings(
        result,
        contestant -> {
          String label = contestant.label();
          boolean unique =
              label != null
                  && !label.isBlank()
                  && result.contestants().stream().filter(c -> label.equals(c.label())).count()
                      == 1;
          return unique ? label : contestant.name();
        });
  }

  Result result() {
    return result;
  }

  /** Of all sizes. */
  Samples samples() {
    return samples;
  }

  /** The samples of a measure at the largest number of vectors at which it was taken. */
  Samples largest(Measure measure) {
    Samples all = samples.measure(measure);
    return all.isEmpty() ? all : all.vectors(all.sizes().last());
  }

  /** The builds of {@link #largest} by the fewest threads: their graphs are searched. */
  Samples builds() {
    Samples builds = largest(Measure.BUILD);
    return builds.isEmpty() ? builds : builds.threads(builds.threadCounts().first());
  }

  /** For titles: how many vectors the samples are about. */
  static String vectors(Samples samples) {
    return Format.count(samples.sizes().last()) + " vectors";
  }

  /** Those that the samples are about, in the order of the result. */
  List<ContestantInfo> contestants(Samples some) {
    return result.contestants().stream().filter(c -> !some.contestant(c.name()).isEmpty()).toList();
  }

  String name(ContestantInfo contestant) {
    return naming.apply(contestant);
  }

  Style style(ContestantInfo contestant) {
    List<String> families = new ArrayList<>(List.of(ContestantInfo.OURS));
    result.contestants().stream()
        .map(Findings::family)
        .filter(f -> !families.contains(f))
        .distinct()
        .forEach(families::add);
    List<ContestantInfo> siblings =
        result.contestants().stream().filter(c -> family(c).equals(family(contestant))).toList();
    return new Style(
        result.contestants().indexOf(contestant),
        families.indexOf(family(contestant)),
        siblings.indexOf(contestant),
        siblings.size());
  }

  /** Whoever has no family is one. */
  private static String family(ContestantInfo contestant) {
    return Objects.requireNonNullElse(contestant.family(), contestant.name());
  }

  Optional<ContestantInfo> ours() {
    return result.contestants().stream()
        .filter(c -> ContestantInfo.OURS.equals(c.family()))
        .findFirst();
  }

  private Optional<ContestantInfo> baseline() {
    return result.contestants().stream().filter(c -> BASELINE.equals(c.name())).findFirst();
  }

  /** The header of {@link #toBaseline}. */
  String baselineHeader() {
    return baseline().map(c -> "/ " + name(c)).orElse("/ " + BASELINE);
  }

  /** The header of {@link #oursToIt}. */
  String oursHeader() {
    return ours().map(c -> name(c) + " / it").orElse(ContestantInfo.OURS + " / it");
  }

  /** For the title of a table of {@link #toBaseline}. */
  String baselineTitle() {
    return "ratio to " + baseline().map(this::name).orElse(BASELINE);
  }

  /** For the title of a table of {@link #oursToIt}. */
  String oursTitle() {
    return "ratio of " + ours().map(this::name).orElse(ContestantInfo.OURS) + " to each";
  }

  /** A contestant's figure by the baseline's; none for the baseline itself. */
  ByRound toBaseline(ContestantInfo contestant, Function<ContestantInfo, ByRound> figure) {
    return baseline()
        .filter(c -> !Objects.equals(c, contestant))
        .map(c -> figure.apply(contestant).over(figure.apply(c)))
        .orElse(ByRound.NONE);
  }

  /** Our figure by a contestant's; none for ourselves. */
  ByRound oursToIt(ContestantInfo contestant, Function<ContestantInfo, ByRound> figure) {
    return ours()
        .filter(c -> !Objects.equals(c, contestant))
        .map(c -> figure.apply(c).over(figure.apply(contestant)))
        .orElse(ByRound.NONE);
  }
}

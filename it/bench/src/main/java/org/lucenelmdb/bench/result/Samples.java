/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;

/** Samples that are selected by their coordinates until only the rounds differ. */
public final class Samples {

  private final List<Sample> samples;

  private Samples(List<Sample> samples) {
    this.samples = samples;
  }

  public static Samples of(Collection<Sample> samples) {
    return new Samples(List.copyOf(samples));
  }

  public List<Sample> list() {
    return samples;
  }

  public boolean isEmpty() {
    return samples.isEmpty();
  }

  public Samples where(Predicate<Sample> predicate) {
    return new Samples(samples.stream().filter(predicate).toList());
  }

  public Samples measure(Measure measure) {
    return where(s -> s.measure() == measure);
  }

  public Samples engine(String name) {
    return where(s -> s.engine().equals(name));
  }

  public Samples vectors(int vectors) {
    return where(s -> s.vectors() == vectors);
  }

  public Samples ef(Integer ef) {
    return where(s -> Objects.equals(s.ef(), ef));
  }

  public Samples threads(int threads) {
    return where(s -> threads(s) == threads);
  }

  public Samples filter(String filter) {
    return where(s -> Objects.equals(s.filter(), filter));
  }

  public Samples generation(Integer generation) {
    return where(s -> Objects.equals(s.generation(), generation));
  }

  /** A sample without a number of threads had one. */
  private static int threads(Sample sample) {
    return sample.threads() == null ? 1 : sample.threads();
  }

  /** Selects the samples that have a figure. */
  public Samples having(String figure) {
    return where(s -> s.values().containsKey(figure));
  }

  public SortedSet<Integer> sizes() {
    return sorted(Sample::vectors);
  }

  public SortedSet<Integer> efs() {
    return sorted(Sample::ef);
  }

  public SortedSet<Integer> threadCounts() {
    return sorted(Samples::threads);
  }

  public SortedSet<Integer> generations() {
    return sorted(Sample::generation);
  }

  /** The names of the figures, in order of first appearance. */
  public Set<String> figures() {
    Set<String> names = new LinkedHashSet<>();
    samples.forEach(s -> names.addAll(s.values().keySet()));
    return names;
  }

  private SortedSet<Integer> sorted(Function<Sample, Integer> coordinate) {
    SortedSet<Integer> values = new TreeSet<>();
    samples.stream().map(coordinate).filter(Objects::nonNull).forEach(values::add);
    return values;
  }

  /** Groups by a coordinate, in order of first appearance; null becomes an empty string. */
  public Map<String, Samples> by(Function<Sample, String> coordinate) {
    Map<String, List<Sample>> groups = new LinkedHashMap<>();
    for (Sample sample : samples) {
      String key = Objects.requireNonNullElse(coordinate.apply(sample), "");
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(sample);
    }
    Map<String, Samples> result = new LinkedHashMap<>();
    groups.forEach((key, list) -> result.put(key, of(list)));
    return result;
  }

  private SortedMap<Integer, List<Sample>> rounds() {
    SortedMap<Integer, List<Sample>> rounds = new TreeMap<>();
    samples.forEach(s -> rounds.computeIfAbsent(s.round(), r -> new ArrayList<>()).add(s));
    return rounds;
  }

  /** The figure of each round: the median if a round has several samples. */
  public ByRound figure(String name) {
    SortedMap<Integer, Double> values = new TreeMap<>();
    having(name)
        .rounds()
        .forEach(
            (round, list) ->
                values.put(
                    round, Spread.of(list.stream().map(s -> s.value(name)).toList()).median()));
    return new ByRound(values);
  }

  /** The figure at a recall, of each round that reaches it; see {@link ParameterSweep#at}. */
  public ByRound atRecall(double recall, String figure) {
    SortedMap<Integer, Double> values = new TreeMap<>();
    rounds()
        .forEach(
            (round, list) -> {
              OptionalDouble value = ParameterSweep.of(list, figure).at(recall);
              if (value.isPresent()) {
                values.put(round, value.getAsDouble());
              }
            });
    return new ByRound(values);
  }
}

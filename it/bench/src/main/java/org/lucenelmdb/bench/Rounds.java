/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The figures that both contestants reported, round by round, by name. */
final class Rounds {

  private final Map<Contestant, List<Map<String, Double>>> rounds = new EnumMap<>(Contestant.class);

  void add(Contestant contestant, Map<String, Double> figures) {
    rounds.computeIfAbsent(contestant, c -> new ArrayList<>()).add(figures);
  }

  Set<String> names() {
    Set<String> names = new LinkedHashSet<>();
    rounds.values().forEach(all -> all.forEach(figures -> names.addAll(figures.keySet())));
    return names;
  }

  private double[] values(Contestant contestant, String name) {
    return rounds.get(contestant).stream().mapToDouble(f -> f.getOrDefault(name, 0.0)).toArray();
  }

  double median(Contestant contestant, String name) {
    return median(values(contestant, name));
  }

  /**
   * Ours by Lucene's of each round, sorted: in a round, the two are measured one after the other.
   */
  double[] ratios(String name) {
    double[] ratios = values(Contestant.OURS, name);
    double[] others = values(Contestant.LUCENE99, name);
    Arrays.setAll(ratios, i -> ratios[i] / others[i]);
    Arrays.sort(ratios);
    return ratios;
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }
}

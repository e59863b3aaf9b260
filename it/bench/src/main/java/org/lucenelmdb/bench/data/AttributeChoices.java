/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Chooses attribute values to filter by. Their selectivities are evenly spaced on a logarithmic
 * scale from the rarest value to the most frequent one.
 *
 * <p>Values are skipped if fewer than k vectors of the base have them, if all vectors have them, or
 * if a value chosen before has the same vectors.
 */
final class AttributeChoices {

  /** A value and the number of base vectors that have it. */
  private record Candidate(int column, int code, int cardinality) {}

  private final Attributes attributes;
  private final int[] base;
  private final List<Candidate> candidates = new ArrayList<>();

  /**
   * Counts the values.
   *
   * @param base the indices of the base vectors in the source
   */
  AttributeChoices(Attributes attributes, int[] base, int k) {
    this.attributes = attributes;
    this.base = base;
    for (int column = 0; column < attributes.columns(); column++) {
      int[] cardinalities = new int[attributes.values(column).size()];
      for (int index : base) {
        cardinalities[attributes.code(column, index)]++;
      }
      for (int code = 0; code < cardinalities.length; code++) {
        if (cardinalities[code] >= k && cardinalities[code] < base.length) {
          candidates.add(new Candidate(column, code, cardinalities[code]));
        }
      }
    }
  }

  /** Chooses at most {@code max} values, the most frequent ones first. */
  List<FilterChoice> choose(int max) {
    List<FilterChoice> chosen = new ArrayList<>();
    List<Candidate> left = new ArrayList<>(candidates);
    for (int i = 0; i < max && left.isEmpty() == false; i++) {
      double target = target(i, max);
      left.sort(
          Comparator.comparingDouble(
              candidate -> Math.abs(Math.log(candidate.cardinality) - target)));
      takeFirstNew(left, chosen);
    }
    chosen.sort(
        Comparator.comparingInt(FilterChoice::cardinality)
            .reversed()
            .thenComparing(FilterChoice::attribute)
            .thenComparing(FilterChoice::value));
    return chosen;
  }

  /** Returns the logarithm of the i-th target cardinality. */
  private double target(int i, int max) {
    double lowest = Double.POSITIVE_INFINITY;
    double highest = 0;
    for (Candidate candidate : candidates) {
      lowest = Math.min(lowest, Math.log(candidate.cardinality));
      highest = Math.max(highest, Math.log(candidate.cardinality));
    }
    double part = max == 1 ? 0.5 : (double) i / (max - 1);
    return lowest + part * (highest - lowest);
  }

  private void takeFirstNew(List<Candidate> left, List<FilterChoice> chosen) {
    while (left.isEmpty() == false) {
      Candidate candidate = left.remove(0);
      FilterChoice choice = FilterChoice.of(attributes, candidate.column, candidate.code, base);
      if (chosen.stream().noneMatch(other -> other.accepted().equals(choice.accepted()))) {
        chosen.add(choice);
        return;
      }
    }
  }
}

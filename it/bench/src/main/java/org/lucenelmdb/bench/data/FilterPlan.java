/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.FilterInfo;

/**
 * A filter before its truth is known.
 *
 * @param queries indices, ascending
 */
record FilterPlan(FilterInfo info, FixedBitSet accepted, int[] queries) {

  /** A filter with evenly spaced queries, independent of what it accepts. */
  static FilterPlan evenlySpaced(FilterChoice choice, int queryCount, int maxQueries) {
    int wanted = Math.min(maxQueries, queryCount);
    int[] queries =
        IntStream.range(0, wanted).map(i -> (int) ((long) i * queryCount / wanted)).toArray();
    String name = choice.attribute() + " " + choice.value();
    return of(name, choice, "random", queries);
  }

  /**
   * Two filters that accept the same vectors: one with the queries most similar to these vectors,
   * one with the least similar queries. No query is in both, unless there is only one.
   *
   * <p>Similarity is the query's dot product with the direction from the mean of the base to the
   * mean of the accepted vectors.
   */
  static List<FilterPlan> nearAndFar(
      FilterChoice choice, double[] direction, float[][] queries, int maxQueries) {
    double[] likeness = new double[queries.length];
    for (int q = 0; q < queries.length; q++) {
      for (int i = 0; i < direction.length; i++) {
        likeness[q] += direction[i] * queries[q][i];
      }
    }
    int[] ranked =
        IntStream.range(0, queries.length)
            .boxed()
            .sorted(Comparator.comparingDouble(q -> -likeness[q]))
            .mapToInt(Integer::intValue)
            .toArray();
    int wanted = Math.min(maxQueries, Math.max(1, queries.length / 2));
    List<FilterPlan> plans = new ArrayList<>();
    String name = choice.attribute() + "=" + choice.value();
    int[] near = Arrays.copyOf(ranked, wanted);
    plans.add(of(name + " near", choice, "near", near));
    int[] far = Arrays.copyOfRange(ranked, ranked.length - wanted, ranked.length);
    plans.add(of(name + " far", choice, "far", far));
    return plans;
  }

  private static FilterPlan of(String name, FilterChoice choice, String relation, int[] queries) {
    Arrays.sort(queries);
    FilterInfo info =
        new FilterInfo(
            name,
            choice.attribute(),
            choice.value(),
            relation,
            choice.selectivity(),
            choice.cardinality(),
            queries.length);
    return new FilterPlan(info, choice.accepted(), queries);
  }
}

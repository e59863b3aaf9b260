/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One measurement of one engine in one round: its coordinates and its figures. A result is a list
 * of samples, which any tool can group and filter. A coordinate that does not apply is null, and
 * absent from the JSON.
 *
 * @param measure the measure
 * @param engine {@link EngineInfo#name}
 * @param round from 0
 * @param vectors the number of indexed vectors
 * @param ef the number of candidates that a search kept; a Lucene query's k
 * @param threads the number of threads that searched, or built
 * @param filter the name of a {@link FilterInfo}
 * @param strategy the search strategy, for engines that have several
 * @param generation the number of times that vectors were deleted and added again before
 * @param values figures by name; the names are constants of {@link Figures}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Sample(
    Measure measure,
    String engine,
    int round,
    int vectors,
    Integer ef,
    Integer threads,
    String filter,
    String strategy,
    Integer generation,
    Map<String, Double> values) {

  /** Creates a sample without optional coordinates. */
  public static Sample of(
      Measure measure, String engine, int round, int vectors, Map<String, Double> values) {
    return new Sample(measure, engine, round, vectors, null, null, null, null, null, values);
  }

  /** Returns a copy with additional figures. */
  public Sample with(Map<String, Double> more) {
    Map<String, Double> all = new LinkedHashMap<>(values);
    all.putAll(more);
    return new Sample(
        measure,
        engine,
        round,
        vectors,
        ef,
        threads,
        filter,
        strategy,
        generation,
        Collections.unmodifiableMap(all));
  }

  /** A figure, or NaN if the sample does not have it. */
  public double value(String name) {
    return values.getOrDefault(name, Double.NaN);
  }
}

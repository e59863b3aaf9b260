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
 * One measurement of one engine in one round: where it was taken, and what was found there. All
 * that was measured is a list of these, which any tool can group and filter; a coordinate that does
 * not apply is null, and absent from the JSON.
 *
 * @param measure what was measured
 * @param engine who was measured: {@link EngineInfo#name}
 * @param round from 0
 * @param vectors how many vectors were indexed
 * @param ef how many candidates a search kept; a Lucene query's k
 * @param threads how many threads searched, or built
 * @param filter the name of a {@link FilterInfo}
 * @param strategy how the engine dealt with the filter, for those that offer several ways
 * @param generation how many times vectors were deleted and added again before
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

  /** A measurement without any of the optional coordinates. */
  public static Sample of(
      Measure measure, String engine, int round, int vectors, Map<String, Double> values) {
    return new Sample(measure, engine, round, vectors, null, null, null, null, null, values);
  }

  /** The same with more figures. */
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

  /** A figure, or NaN if this sample has none of that name. */
  public double value(String name) {
    return values.getOrDefault(name, Double.NaN);
  }
}

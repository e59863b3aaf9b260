/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench;

import static org.lucenelmdb.bench.result.Measure.BUILD;
import static org.lucenelmdb.bench.result.Measure.CHURN;
import static org.lucenelmdb.bench.result.Measure.COLD;
import static org.lucenelmdb.bench.result.Measure.FILTER;
import static org.lucenelmdb.bench.result.Measure.PAGES;
import static org.lucenelmdb.bench.result.Measure.SEARCH;
import static org.lucenelmdb.bench.result.Measure.TARGET;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.lucenelmdb.bench.engine.Engines;
import org.lucenelmdb.bench.result.Measure;

/** Defaults for options that are not given. */
enum Preset {

  /** Under three minutes on two cores, on generated vectors. */
  QUICK(
      List.of(8_000),
      500,
      List.of("ours", "lucene99", "lucene104-8+rescore", "lucene104-1+rescore", "jvector+pq"),
      Set.of(BUILD, SEARCH, TARGET, FILTER, CHURN, PAGES, COLD),
      2,
      1,
      1,
      List.of(10, 20, 40, 80, 160),
      List.of(10, 40),
      100,
      2_000,
      3,
      2),

  /** All engines on all vectors of a file: about 45 minutes for 100,000 vectors. */
  FULL(
      List.of(Integer.MAX_VALUE),
      1000,
      Engines.names(),
      Set.of(BUILD, SEARCH, TARGET, FILTER, CHURN, PAGES, COLD),
      3,
      2,
      3,
      List.of(10, 20, 40, 80, 160, 320),
      List.of(10, 20, 40, 80, 160),
      100,
      20_000,
      10,
      64),

  /** Growth over three sizes: takes hours. */
  SCALE(
      List.of(10_000, 100_000, 1_000_000),
      1000,
      List.of("ours", "lucene99", "lucene104-1+rescore"),
      Set.of(BUILD, SEARCH, TARGET, FILTER, PAGES, COLD),
      2,
      2,
      3,
      List.of(10, 20, 40, 80, 160, 320),
      List.of(10, 20, 40, 80, 160),
      100,
      20_000,
      10,
      64);

  final List<Integer> sizes;
  final int queries;
  final List<String> engines;
  final Set<Measure> measures;
  final int rounds;
  final double warmUp;
  final int passes;
  final List<Integer> efs;
  final List<Integer> filterEfs;
  final int filterQueries;
  final int smallSize;
  final int generations;
  final int ram;

  /** The name in options: lower case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  Preset(
      List<Integer> sizes,
      int queries,
      List<String> engines,
      Set<Measure> measures,
      int rounds,
      double warmUp,
      int passes,
      List<Integer> efs,
      List<Integer> filterEfs,
      int filterQueries,
      int smallSize,
      int generations,
      int ram) {
    this.sizes = sizes;
    this.queries = queries;
    this.engines = engines;
    this.measures = measures;
    this.rounds = rounds;
    this.warmUp = warmUp;
    this.passes = passes;
    this.efs = efs;
    this.filterEfs = filterEfs;
    this.filterQueries = filterQueries;
    this.smallSize = smallSize;
    this.generations = generations;
    this.ram = ram;
  }
}

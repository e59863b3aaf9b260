/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Common settings of the benchmarks: nanoseconds per expansion; all benchmarks take a few minutes.
 *
 * <p>The serial collector has no threads that compete with a benchmark if there are few cores: on a
 * busy machine, those of G1 made allocating code look ten times slower than it is.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = Expansion.SERIAL_GC)
public abstract class Expansion {

  /** The neighbors of a node: the maximum on level 0 with M 16. */
  public static final int NEIGHBORS = 32;

  /**
   * The number of expansions in a search, about that of ef 100; for parts of an expansion whose
   * cost depends on the whole search.
   */
  static final int EXPANSIONS_PER_SEARCH = 100;

  static final String SERIAL_GC = "-XX:+UseSerialGC";

  static final long SEED = 1;

  /** For subclasses. */
  Expansion() {}
}

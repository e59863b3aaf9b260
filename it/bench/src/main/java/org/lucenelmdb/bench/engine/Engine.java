/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.data.Dataset;
import org.lucenelmdb.bench.result.BestStrategy;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.TargetStrategy;

/** A side of the comparison that runs in the JVM. Has no state but its settings. */
public interface Engine {

  /** The strategy of engines that have only one, and of every engine without a filter. */
  String DEFAULT_STRATEGY = "default";

  EngineInfo info();

  /**
   * The ways to search with a filter, best known first; those that are only to be compared with the
   * others of the same engine are {@linkplain BestStrategy#isForced forced}.
   */
  default List<String> strategies() {
    return List.of(DEFAULT_STRATEGY);
  }

  /** Whether searches can be told a recall: by the name of a {@link TargetStrategy}. */
  default boolean takesTargets() {
    return false;
  }

  /**
   * Builds an index, whose directory is empty or missing.
   *
   * @param progress takes the part of the work that is done, from 0 to 1
   * @return times in seconds and sizes in bytes, named as in {@code Figures}
   */
  Map<String, Double> build(
      Dataset data, Path index, BuildParameters parameters, DoubleConsumer progress)
      throws IOException;

  /** Opens an index that {@link #build} made of the same data. */
  OpenIndex open(Dataset data, Path index) throws IOException;
}

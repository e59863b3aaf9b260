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

/** An engine that runs in the JVM. Stateless except for its settings. */
public interface Engine {

  /** The strategy of engines that have only one, and of every engine without a filter. */
  String DEFAULT_STRATEGY = "default";

  EngineInfo info();

  /**
   * The strategies to search with a filter, the best known first. {@linkplain BestStrategy#isForced
   * Forced} ones only serve for comparison with the others of the same engine.
   */
  default List<String> strategies() {
    return List.of(DEFAULT_STRATEGY);
  }

  /** Whether searches accept a target recall, as the name of a {@link TargetStrategy}. */
  default boolean takesTargets() {
    return false;
  }

  /**
   * Builds an index; its directory is empty or missing.
   *
   * @param progress receives the share of the work that is done, from 0 to 1
   * @return times in seconds and sizes in bytes, named as in {@code Figures}
   */
  Map<String, Double> build(
      Dataset data, Path index, BuildParameters parameters, DoubleConsumer progress)
      throws IOException;

  /** Opens an index that {@link #build} created from the same data. */
  OpenIndex open(Dataset data, Path index) throws IOException;
}

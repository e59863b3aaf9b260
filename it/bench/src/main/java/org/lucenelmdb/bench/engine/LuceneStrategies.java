/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleFunction;
import org.apache.lucene.search.knn.KnnSearchStrategy;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.bench.result.BestStrategy;
import org.lucenelmdb.bench.result.TargetStrategy;

/** The search strategies of a family of Lucene's formats, by name. */
final class LuceneStrategies {

  /**
   * Lucene's filtered search expands to the neighbors of neighbors if fewer than 60 % of a node's
   * neighbors pass.
   */
  private static final String ACORN = "acorn60";

  /** The strategies of Lucene's formats. */
  static final LuceneStrategies LUCENES = new LuceneStrategies(lucenes(), null);

  /** lucene-lmdb plans the strategy; the forced strategies are compared with the plan. */
  static final LuceneStrategies OURS =
      new LuceneStrategies(
          ours(), recall -> LmdbHnswSearchStrategy.DEFAULT.withTargetRecall((float) recall));

  private final Map<String, KnnSearchStrategy> named;
  private final DoubleFunction<KnnSearchStrategy> ofTarget;

  /** Cached, because queries are timed. */
  private final Map<String, KnnSearchStrategy> targets = new ConcurrentHashMap<>();

  private LuceneStrategies(
      Map<String, KnnSearchStrategy> named, DoubleFunction<KnnSearchStrategy> ofTarget) {
    this.named = named;
    this.ofTarget = ofTarget;
  }

  private static Map<String, KnnSearchStrategy> lucenes() {
    Map<String, KnnSearchStrategy> strategies = new LinkedHashMap<>();
    strategies.put(Engine.DEFAULT_STRATEGY, KnnSearchStrategy.Hnsw.DEFAULT);
    strategies.put(ACORN, new KnnSearchStrategy.Hnsw(60));
    return strategies;
  }

  private static Map<String, KnnSearchStrategy> ours() {
    Map<String, KnnSearchStrategy> strategies = new LinkedHashMap<>();
    LmdbHnswSearchStrategy planned = LmdbHnswSearchStrategy.DEFAULT; // the same as the default
    strategies.put(Engine.DEFAULT_STRATEGY, planned);
    for (LmdbHnswFilterStrategy forced : LmdbHnswFilterStrategy.values()) {
      if (forced != LmdbHnswFilterStrategy.AUTO) {
        strategies.put(BestStrategy.forced(forced.name()), planned.withFilterStrategy(forced));
      }
    }
    return strategies;
  }

  /** The names of all strategies but those of targets, which are unlimited. */
  List<String> names() {
    return List.copyOf(named.keySet());
  }

  boolean takeTargets() {
    return ofTarget != null;
  }

  /**
   * Returns the strategy of a name.
   *
   * @param name one of {@link #names}, or that of a {@link TargetStrategy} if these take targets
   */
  KnnSearchStrategy get(String name) {
    KnnSearchStrategy strategy = named.get(name);
    return strategy == null ? targets.computeIfAbsent(name, this::target) : strategy;
  }

  private KnnSearchStrategy target(String name) {
    return ofTarget.apply(TargetStrategy.recall(name).orElseThrow());
  }
}

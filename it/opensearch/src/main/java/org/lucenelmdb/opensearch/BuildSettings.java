/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.util.List;
import org.lucenelmdb.LmdbHnswOptions;
import org.opensearch.common.settings.Setting;
import org.opensearch.common.settings.Setting.Property;
import org.opensearch.common.settings.Settings;
import org.opensearch.core.common.unit.ByteSizeUnit;
import org.opensearch.core.common.unit.ByteSizeValue;

/** Settings of a node for the graphs that it builds. */
final class BuildSettings {

  /** How many threads build one graph, the one that flushes or merges included. */
  static final Setting<Integer> THREADS =
      Setting.intSetting("lmdb_hnsw.build.threads", 1, 1, 256, Property.NodeScope);

  /** How much memory outside the heap all builds of the node take together. */
  static final Setting<ByteSizeValue> MEMORY =
      Setting.byteSizeSetting(
          "lmdb_hnsw.build.memory",
          new ByteSizeValue(LmdbHnswOptions.DEFAULT_BUILD_MEMORY, ByteSizeUnit.BYTES),
          new ByteSizeValue(1, ByteSizeUnit.MB),
          new ByteSizeValue(Long.MAX_VALUE, ByteSizeUnit.BYTES),
          Property.NodeScope);

  /** The name of the pool whose threads help to build. */
  static final String THREAD_POOL = "lmdb_hnsw_build";

  private BuildSettings() {}

  static List<Setting<?>> all() {
    return List.of(THREADS, MEMORY);
  }

  /** How many threads of the pool help one build. */
  static int helpers(Settings settings) {
    return THREADS.get(settings) - 1;
  }
}
